import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultCacheFile } from '../../core/mining/mining-cache.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { runAgentTool } from '../agents/agent-tools.ts';
import { serveMcp } from '../agents/mcp-server.ts';
import { type AgentPlace, agentWorkspace, textOnDisk } from '../features/agent-workspace.ts';
import { writerFor } from '../features/writer.ts';
import { mineRepository } from '../workspace/mine-repository.ts';
import {
  CliServer,
  type ServerChoice,
  serverChoice,
  serverOptions,
  serverOptionsUsage,
  workFolder,
} from './cli-server.ts';
import { type Command, USAGE_ERROR } from './command.ts';

/** `bespoke mcp`: the tools for agents over the Model Context Protocol, for editors other than VS Code. */
export const mcp: Command = {
  summary: 'Serve the tools for agents over the Model Context Protocol, on standard input and output',
  usage: `Usage: bespoke mcp DIR (--home DIR | --server HOST:PORT [--ca FILE])

Serves generateTest, personalizationStatus and styleOfThisRepo for the repository in DIR until the client goes.

Naming DIR says that you trust it: tests that are generated for it are compiled and run, in a sandbox where one is
installed. With --home nothing leaves this machine. Naming a server says that the method under test and the tests
nearest to it may be sent there. Nothing is written into DIR, and no source code into a log.

${serverOptionsUsage}`,
  run,
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    process.stderr.write(`bespoke mcp: ${options} See \`bespoke mcp --help\`.\n`);
    return USAGE_ERROR;
  }
  const server = new CliServer(options.server);
  try {
    const workspace = agentWorkspace(placeOf(options, server));
    const call = (name: string, input: unknown, cancelled: AbortSignal) =>
      runAgentTool(workspace, name, input, cancelled);
    await serveMcp({ input: process.stdin, output: process.stdout }, packageJson.version, call, signal);
    return 0;
  } finally {
    await server.close();
  }
}

interface McpOptions {
  readonly folder: string;
  readonly server: ServerChoice;
}

function placeOf({ folder, server: choice }: McpOptions, server: CliServer): AgentPlace {
  // Beside the miner's own cache where there is no home folder of the set-up.
  const work =
    choice.kind === 'local' ? workFolder(choice.home, choice.base) : dirname(defaultCacheFile(folder, 'default'));
  return {
    path: folder,
    trusted: true,
    check: true,
    candidates: 3,
    cacheDir: join(work, 'check'),
    harnessDir: join(resolve(__dirname, '..'), 'extension', 'check', 'harness'),
    serverName: server.name,
    textOf: textOnDisk(folder),
    mined: (cancelled) => mineRepository(folder, work, { signal: cancelled }),
    connection: () => server.connection(),
    openConnection: () => server.connection(),
    writer: (connection, repository, file, cancelled) => writerFor(connection, repository, file, { signal: cancelled }),
    note: (line) => process.stderr.write(`bespoke mcp: ${line}\n`),
  };
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]): McpOptions | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error);
  }
  const [folder, ...others] = parsed.positionals;
  if (folder === undefined || others.length > 0) return 'Name exactly one folder.';
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `There is no folder ${folder}.`;
  const server = serverChoice(parsed.values);
  return typeof server === 'string' ? server : { folder: resolve(folder), server };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: serverOptions });
}
