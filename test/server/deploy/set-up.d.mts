/** A program of the environment in a home folder. */
export function deployTool(home: string, name: string): string;
