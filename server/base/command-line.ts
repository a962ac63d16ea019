/** Exit codes of the commands. */
export const USAGE_ERROR = 2;
export const INTERRUPTED = 130;

/** What `parse` makes of a command line, or the sentence that says what is wrong with it. */
export function parsed<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error);
  }
}

/** Says what is wrong with the command line of `bespoke base NAME`. Returns the exit code. */
export function refuseUsage(name: string, problem: string): number {
  process.stderr.write(`bespoke base ${name}: ${problem} See \`bespoke base --help\`.\n`);
  return USAGE_ERROR;
}
