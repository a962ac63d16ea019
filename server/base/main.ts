import { INTERRUPTED, USAGE_ERROR } from './command-line.ts';
import { corpus } from './corpus-command.ts';
import { evaluate } from './evaluate-command.ts';
import { exportBase } from './export-command.ts';
import { pretrain } from './pretrain-command.ts';
import { train } from './train-command.ts';

/** What `bespoke base` runs: a program of its own, because only the server knows base models. A command is one line of this table. */
const COMMANDS: Readonly<Record<string, (argv: readonly string[], signal: AbortSignal) => Promise<number>>> = {
  corpus,
  train,
  pretrain,
  export: exportBase,
  evaluate,
};

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    process.stderr.write(
      `bespoke base: name one of ${Object.keys(COMMANDS).join(', ')}. See \`bespoke base --help\`.\n`,
    );
    return USAGE_ERROR;
  }
  const interruption = new AbortController();
  // The command line passes on what the terminal may have sent already, so a second signal must not end the process halfway.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  try {
    const exitCode = await command(rest, interruption.signal);
    if (!interruption.signal.aborted) return exitCode;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  }
  process.stderr.write(`bespoke base ${name}: interrupted; the next run goes on from here.\n`);
  return INTERRUPTED;
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`bespoke base: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
