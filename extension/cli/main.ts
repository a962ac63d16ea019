import { base } from './base.ts';
import { type Command, USAGE_ERROR } from './command.ts';
import { mcp } from './mcp.ts';
import { mine } from './mine.ts';
import { pack } from './pack.ts';
import { start } from './start/start.ts';

/** The `bespoke` command line. A command is one file beside this one and one line of this table. */
const COMMANDS: Readonly<Record<string, Command>> = {
  base,
  mcp,
  mine,
  pack,
  start,
};

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const command = name === undefined ? undefined : COMMANDS[name];
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? USAGE_ERROR : 0;
  }
  if (command === undefined) {
    process.stderr.write(`bespoke: there is no command '${name}'. See \`bespoke --help\`.\n`);
    return USAGE_ERROR;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${command.usage}\n`);
    return 0;
  }
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  return await command.run(rest, interruption.signal);
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`);
  return `Usage: bespoke <command> [options]\n\nCommands:\n${lines.join('\n')}\n\nbespoke <command> --help tells more.\n`;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe, such as head, may leave early.
  if (error.code === 'EPIPE') {
    process.exit(0);
  }
  throw error;
});

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`bespoke: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
