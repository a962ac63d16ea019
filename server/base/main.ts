import { corpus } from './corpus-command.ts';
import { evaluate } from './evaluate-command.ts';
import { train } from './train-command.ts';

/** What `bespoke base` runs: a program of its own, because only the server knows base models. A command is one line of this table. */
const COMMANDS: Readonly<Record<string, (argv: readonly string[], signal: AbortSignal) => Promise<number>>> = {
  corpus,
  train,
  evaluate,
};

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    process.stderr.write(
      `bespoke base: name one of ${Object.keys(COMMANDS).join(', ')}. See \`bespoke base --help\`.\n`,
    );
    return 2;
  }
  const interruption = new AbortController();
  // The command line passes on what the terminal may have sent already, so a second signal must not end the process halfway.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  return await command(rest, interruption.signal);
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
