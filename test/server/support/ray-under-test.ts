import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { once } from './once.ts';
import { home, trainerDir } from './places.ts';

/** A real Ray cluster on this machine, each node in a process namespace of its own, so that killing it kills all that runs there at once. */
export interface RayUnderTest {
  /** Of the dashboard. */
  readonly url: string;
  readonly token: string;
  /** The nodes; the first is the head. */
  readonly nodes: readonly RayNode[];
  stop(): Promise<void>;
}

export interface RayNode {
  /** Of its dashboard agent, by which Ray says where a job runs. */
  readonly agentPort: number;
  /** `kill -9` of everything on the node. */
  kill(): Promise<void>;
  /** Starts the node, also one that lost its head, as whatever looks after a machine does. */
  restart(): Promise<void>;
}

/** Starts a head and more nodes, each with one CPU. Throws, and never skips, when Ray cannot be installed or started. */
export async function startRay(nodes: number): Promise<RayUnderTest> {
  const bin = await rayPrograms();
  const token = '0123456789abcdef'.repeat(4);
  const folder = mkdtempSync(join(tmpdir(), 'ray-'));
  const [port, dashboardPort, clientPort, ...agentPorts] = await freePorts(3 + nodes);
  const where = [
    ['--head', '--port', port, '--dashboard-host', '127.0.0.1', '--dashboard-port', dashboardPort],
    ...Array.from({ length: nodes - 1 }, () => ['--address', `127.0.0.1:${port}`]),
  ];
  const started = where.map((flags, at) => {
    const agentPort = agentPorts[at] ?? 0;
    const own = ['--temp-dir', join(folder, String(at)), '--dashboard-agent-listen-port', agentPort];
    const client = at === 0 ? ['--ray-client-server-port', clientPort] : [];
    return new Node(agentPort, bin, [...flags, ...client, ...own].map(String), token);
  });
  try {
    for (const node of started) await node.restart();
  } catch (error) {
    await Promise.all(started.map((node) => node.kill()));
    throw error;
  }
  return {
    url: `http://127.0.0.1:${dashboardPort}`,
    token,
    nodes: started,
    stop: async () => {
      await Promise.all(started.map((node) => node.kill()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

class Node implements RayNode {
  #process: ChildProcess | undefined;

  constructor(
    readonly agentPort: number,
    private readonly bin: string,
    private readonly flags: readonly string[],
    private readonly token: string,
  ) {}

  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((done) => process.once('exit', done));
    process.kill('SIGKILL');
    await gone;
  }

  async restart(): Promise<void> {
    // Ray gives a node 30 seconds, which on a busy machine may be too little.
    for (let tries = 1; ; tries++) {
      await this.kill();
      const failure = await this.#start();
      if (failure === undefined) return;
      if (tries === 10) throw new Error(`A Ray node did not start:\n${failure}`);
    }
  }

  /** Returns what the node said when it could not start. */
  async #start(): Promise<string | undefined> {
    const size = ['--num-cpus', '1', '--num-gpus', '0', '--object-store-memory', String(80 * 1024 * 1024)];
    const common = ['--node-ip-address', '127.0.0.1', '--disable-usage-stats', '--include-log-monitor', 'false'];
    const script = 'ray=$1; shift; "$ray" start "$@" && echo READY && exec sleep infinity';
    const namespace = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const ray = [join(this.bin, 'ray'), ...this.flags, ...size, ...common];
    // A test that is ended in the middle takes its nodes with it.
    const tied = ['--pdeathsig', 'KILL', 'unshare', ...namespace];
    const child = spawn('setpriv', [...tied, 'sh', '-c', script, 'sh', ...ray], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${this.bin}:${process.env.PATH}`,
        ...{ RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN: this.token, RAY_USAGE_STATS_ENABLED: '0' },
      },
    });
    this.#process = child;
    let said = '';
    return new Promise((done) => {
      const hear = (bytes: Buffer) => {
        said += bytes;
        if (said.includes('READY\n')) done(undefined);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => done(said.slice(-3000)));
      child.once('error', (error) => done(error.message));
    });
  }
}

/** The folder with Ray's programs, installed from its lock file into an environment of its own, once and again when the lock changes. */
async function rayPrograms(): Promise<string> {
  const lock = join(trainerDir, 'ray', 'requirements.lock');
  const version = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16);
  const environments = join(home, 'ray');
  const at = await once(join(environments, version), async () => {
    for (const other of readdirSync(environments))
      if (!other.startsWith(version)) rmSync(join(environments, other), { recursive: true, force: true });
    const making = join(environments, `${version}.making`);
    rmSync(making, { recursive: true, force: true });
    const [uv, python] = ['uv', 'python'].map((name) => join(home, 'tools', 'bin', name));
    const run = promisify(execFile);
    await run(String(uv), ['venv', '--quiet', '--relocatable', '--python', String(python), making]);
    // Ray's processes have seconds to start and would spend them on compiling.
    const sync = ['pip', 'sync', '--quiet', '--require-hashes', '--compile-bytecode'];
    await run(String(uv), [...sync, '--python', join(making, 'bin', 'python'), lock]);
    renameSync(making, join(environments, version));
  });
  return join(at, 'bin');
}

async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    probes.map(
      (probe) =>
        new Promise<number>((found) => {
          probe.listen(0, '127.0.0.1', () => {
            const address = probe.address();
            found(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(probes.map((probe) => new Promise((done) => probe.close(done))));
  return ports;
}
