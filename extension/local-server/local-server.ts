import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { baseModelDirOf, type LocalServerLayout, missingParts, pythonOf } from './layout.ts';
import { LocalServerError } from './local-server-error.ts';
import { type NodeProcess, onLines, spawnNode } from './node-process.ts';

/** How a client reaches the local server. */
export interface LocalServerEndpoint {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly token: string;
}

export interface LocalServerOptions {
  /** Lines of the server's log, which hold no source code. */
  readonly onLog?: (line: string) => void;
  /** Further command-line parameters of the server. */
  readonly parameters?: readonly string[];
}

const startDeadlineMs = 90_000;
const stopDeadlineMs = 10_000;
const mostRestarts = 3;
const restartWindowMs = 10 * 60_000;

/**
 * The bundled server as a child process on loopback. It ends with this process, however this process ends. When it dies by itself it is
 * started again at the same address, so that clients only see a short silence.
 */
export class LocalServer {
  readonly #layout: LocalServerLayout;
  readonly #options: LocalServerOptions;
  readonly #token = randomBytes(32).toString('base64url');
  #endpoint: Promise<LocalServerEndpoint> | undefined;
  #child: NodeProcess | undefined;
  #restartsMs: number[] = [];
  #stopping = false;

  constructor(layout: LocalServerLayout, options: LocalServerOptions = {}) {
    this.#layout = layout;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Of the process that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the server if it does not run yet and returns where it listens. Fails with `LocalServerError`. */
  start(): Promise<LocalServerEndpoint> {
    this.#stopping = false;
    this.#endpoint ??= this.#launch(0).catch((cause: unknown) => {
      this.#endpoint = undefined;
      throw cause;
    });
    return this.#endpoint;
  }

  /** Ends the server in good order; after ten seconds it is killed. What it has acknowledged is on disk either way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#endpoint = undefined;
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
      child.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      // With --exit-with-parent the end of its input is the request to stop.
      child.stdin.end();
    });
  }

  #launch(port: number): Promise<LocalServerEndpoint> {
    const { home, base, dataDir, serverScript, trainerDir } = this.#layout;
    const missing = missingParts(this.#layout);
    if (missing.length > 0) {
      return Promise.reject(
        new LocalServerError('not-set-up', `The local server lacks ${missing.join(' and ')}: run the set-up once.`),
      );
    }
    mkdirSync(dataDir, { recursive: true });
    const child = spawnNode(
      serverScript,
      [
        ...['--data-dir', dataDir, '--base-model-dir', baseModelDirOf(home, base), '--python', pythonOf(home)],
        ...['--trainer-dir', trainerDir, '--host', '127.0.0.1', '--port', String(port), '--exit-with-parent'],
        ...(this.#options.parameters ?? []),
      ],
      { BESPOKE_LOCAL_TOKEN: this.#token },
    );
    this.#child = child;
    // Writing to a child that is gone is no news: its end is reported by 'close'.
    child.stdin.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      let listening: string | undefined;
      const lastLines: string[] = [];
      const fail = (message: string, cause?: Error) =>
        reject(new LocalServerError('did-not-start', message, cause === undefined ? {} : { cause }));
      const timer = setTimeout(() => {
        fail('The local server did not start within 90 seconds: look at the server log.');
        child.kill('SIGKILL');
      }, startDeadlineMs);
      onLines(child.stderr, (line) => {
        lastLines.push(line);
        if (lastLines.length > 20) lastLines.shift();
        this.#options.onLog?.(line);
      });
      onLines(child.stdout, (line) => {
        const address = listening === undefined ? listeningAddress(line) : undefined;
        if (address === undefined) return this.#options.onLog?.(line);
        listening = address;
        clearTimeout(timer);
        resolve({ address, token: this.#token });
      });
      child.on('error', (cause) => fail('The local server could not be started: look at the server log.', cause));
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        if (this.#child === child) this.#child = undefined;
        const how = code === null ? `by ${signal}` : `with code ${code}`;
        this.#options.onLog?.(`The local server ended ${how}.`);
        if (listening === undefined) fail(`The local server ended ${how} before it was ready: ${reasonIn(lastLines)}`);
        else if (!this.#stopping) this.#restart(listening);
      });
    });
  }

  #restart(address: string): void {
    const nowMs = Date.now();
    this.#restartsMs = [...this.#restartsMs.filter((atMs) => nowMs - atMs < restartWindowMs), nowMs];
    this.#endpoint = undefined;
    if (this.#restartsMs.length > mostRestarts) {
      this.#options.onLog?.('The local server ended too often and is not started again by itself.');
      return;
    }
    this.#endpoint = this.#launch(Number(address.slice(address.lastIndexOf(':') + 1)));
    this.#endpoint.catch((cause: unknown) => {
      this.#endpoint = undefined;
      this.#options.onLog?.(cause instanceof Error ? cause.message : String(cause));
    });
  }
}

function listeningAddress(line: string): string | undefined {
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said !== 'object' || said === null || !('event' in said) || said.event !== 'listening') return undefined;
    return 'address' in said && typeof said.address === 'string' ? said.address : undefined;
  } catch {
    return undefined;
  }
}

/** The server's last error in its own words, or where to look. */
function reasonIn(lines: readonly string[]): string {
  for (const line of lines.toReversed()) {
    try {
      const said: unknown = JSON.parse(line);
      if (typeof said !== 'object' || said === null) continue;
      if ('level' in said && said.level !== 'error' && said.level !== 'fatal') continue;
      for (const key of ['message', 'msg']) {
        const text = (said as Record<string, unknown>)[key];
        if (typeof text === 'string' && text !== '') return text;
      }
    } catch {
      // Not a line of its log.
    }
  }
  return 'look at the server log.';
}
