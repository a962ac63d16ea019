/** One command of the command line. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** Runs the command with what follows its name and gives the exit code. A thrown error is printed as one line and gives 1. */
  run(argv: readonly string[], signal: AbortSignal): Promise<number>;
}

/** Exit code for a command line that cannot be understood. */
export const USAGE_ERROR = 2;
/** Exit code of a run that the user interrupted. */
export const INTERRUPTED = 130;
