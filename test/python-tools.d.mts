/** A program of an environment in a home folder. */
export function pythonTool(home: string, environment: string, program: string): string;
