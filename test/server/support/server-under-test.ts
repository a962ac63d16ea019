import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';
import { bundleServer } from '../../../server/bundle.mjs';
import { openLedger } from '../../../server/ledger/ledger.ts';
import { openPglite } from '../../../server/ledger/pglite-database.ts';
import { Client } from './client.ts';
import { once } from './once.ts';
import { home, root, standInTrainerDir } from './places.ts';
import { tinyBaseModel } from './tiny-base-model.ts';

/** How a server is started; everything has a default. */
export interface ServerOptions {
  readonly dataDir?: string;
  readonly trainerDir?: string;
  readonly python?: string;
  readonly baseModelDir?: string;
  readonly flags?: readonly string[];
  /** Lets the server make its database; otherwise it finds an empty one, which spares seconds. */
  readonly freshDatabase?: true;
  /** What stand-ins for the trainer do from the start. */
  readonly behaviour?: string;
  /** Puts the data folder, or a folder of it, on a disk of this size. */
  readonly disk?: { readonly folder: '.' | 'repositories'; readonly bytes: number };
}

/** The real server in a process of its own. */
export interface ServerUnderTest {
  readonly address: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything that it wrote to standard error so far. */
  log(): string;
  /** Sets what stand-ins for the trainer do that start from now on (`stand-in-trainer/bespoke_trainer/__main__.py`). */
  behave(behaviour: string): void;
  /** A client with the token of the tenant `local`, or another. */
  client(token?: string): Client;
  /** Ends it as a user would; returns its exit code. */
  stop(): Promise<number | null>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

// A server process starts in a second or two on a quiet machine, and tests run on busy ones.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

export const localToken = 'token-of-the-local-tenant';

const started: ServerUnderTest[] = [];
const folders: string[] = [];
let bundled: Promise<string> | undefined;

/** Starts the server and waits until it listens. Rejects with what it said when it refuses. */
export async function startServer(options: ServerOptions = {}): Promise<ServerUnderTest> {
  const { child, dataDir, log } = await spawnServer(options);
  const address = await new Promise<string>((listening, failed) => {
    if (child.stdout === null) return failed(new Error('no standard output'));
    createInterface({ input: child.stdout }).once('line', (line) => listening(JSON.parse(line).address));
    child.once('exit', (code) => failed(new Error(`The server ended with code ${code}: ${log()}`)));
  });
  const clients: Client[] = [];
  const ended = () =>
    new Promise<number | null>((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done(child.exitCode);
      child.once('exit', done);
    });
  const close = () => {
    for (const client of clients) client.close();
  };
  const server: ServerUnderTest = {
    address,
    dataDir,
    process: child,
    log,
    behave: (behaviour) => writeFileSync(behaviourFile(dataDir), behaviour),
    client: (token = localToken) => {
      const client = new Client(address, token);
      clients.push(client);
      return client;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended();
      close();
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended();
      close();
    },
  };
  started.push(server);
  return server;
}

/** Starts a server that is expected to refuse; returns its exit code and the sentence that it logged. */
export async function startRefusedServer(
  options: ServerOptions = {},
): Promise<{ code: number | null; message: string }> {
  const { child, log } = await spawnServer(options);
  let listens = false;
  child.stdout?.once('data', () => {
    listens = true;
    child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (listens) throw new Error(`The server was to refuse, and listens: ${log()}`);
  const refusal = log()
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line) => JSON.parse(line) as { event: string; message?: string })
    .find((line) => line.event === 'refused');
  return { code, message: refusal?.message ?? log() };
}

/** A new folder that is removed after the tests of the file. */
export function temporaryFolder(name: string): string {
  mkdirSync(join(home, 'run'), { recursive: true });
  const folder = mkdtempSync(join(home, 'run', `${name}-`));
  folders.push(folder);
  return folder;
}

/** To be called after all tests of a file. */
export async function endServers(): Promise<void> {
  for (const server of started.splice(0)) await server.kill();
  for (const folder of folders.splice(0))
    for (const path of [folder, behaviourFile(folder)]) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs the server's program to its end, as `token create` does, or to `kill -9` in the moment in which it logs the word `killAt`. */
export async function runServerProgram(
  args: readonly string[],
  killAt?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const killed = killAt === undefined ? [] : ['--import', join(import.meta.dirname, 'kill-at.mjs')];
  const child = spawn(process.execPath, [...killed, join(await bundle(), 'server.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KILL_AT: killAt },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, stdout, stderr };
}

async function spawnServer(options: ServerOptions) {
  const program = join(await bundle(), 'server.js');
  const dataDir = options.dataDir ?? temporaryFolder('server');
  const embedded = !(options.flags ?? []).includes('--database-url');
  if (options.dataDir === undefined && options.freshDatabase === undefined && embedded)
    cpSync(await emptyDatabase(), join(dataDir, 'database'), { recursive: true });
  if (options.behaviour !== undefined) writeFileSync(behaviourFile(dataDir), options.behaviour);
  const args = [
    ...[program, '--data-dir', dataDir, '--base-model-dir', options.baseModelDir ?? (await tinyBaseModel())],
    ...['--python', options.python ?? 'python3', '--trainer-dir', options.trainerDir ?? standInTrainerDir],
    ...(options.flags ?? []),
  ];
  const [command = '', ...rest] =
    options.disk === undefined
      ? [process.execPath, ...args]
      : onSmallDisk(join(dataDir, options.disk.folder), options.disk.bytes, [process.execPath, ...args]);
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, BESPOKE_LOCAL_TOKEN: localToken, STAND_IN_TRAINER: behaviourFile(dataDir) },
  });
  let log = '';
  child.stderr.on('data', (bytes) => {
    log += bytes;
  });
  return { child, dataDir, log: () => log };
}

/** Beside the data folder, which may be on a small disk of its own. */
const behaviourFile = (dataDir: string) => `${dataDir}.behaviour`;

/** A command in a mount namespace of its own, where a folder is a small file system in memory. It needs no rights. */
function onSmallDisk(folder: string, bytes: number, command: readonly string[]): string[] {
  mkdirSync(folder, { recursive: true });
  const mount = `mount -t tmpfs -o size=${bytes} tmpfs "$1" && shift && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mount, 'sh', folder, ...command];
}

/** The folder of a database with all tables and no rows, made once and again when the tables change. */
export function emptyDatabase(): Promise<string> {
  const migrations = readFileSync(join(root, 'server', 'ledger', 'migrations.ts'));
  const version = createHash('sha256')
    .update(migrations)
    .update(readFileSync(join(root, 'package-lock.json')));
  const template = join(home, 'run', 'empty-databases', version.digest('hex').slice(0, 16));
  return once(template, async () => {
    const making = `${template}.making`;
    rmSync(making, { recursive: true, force: true });
    await (await openLedger(await openPglite(making))).close();
    renameSync(making, template);
  });
}

/** The server's bundle, made once for all test files and again when its sources change. */
function bundle(): Promise<string> {
  bundled ??= (async () => {
    // Inside the checkout, where the bundle finds onnxruntime-node.
    const bundles = join(root, '.bespoke', 'run', 'server-bundles');
    const out = join(bundles, sourcesHash());
    await once(out, async () => {
      // Yesterday's bundles; a newer one may be in use by another run of the tests.
      for (const name of readdirSync(bundles))
        if (Date.now() - statSync(join(bundles, name)).mtimeMs > 86_400_000)
          rmSync(join(bundles, name), { recursive: true });
      await bundleServer(`${out}.making`);
      renameSync(`${out}.making`, out);
    });
    return out;
  })();
  return bundled;
}

function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const sources = ['server', 'core', 'proto'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|mjs|proto)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of sources.sort()) hash.update(path).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}
