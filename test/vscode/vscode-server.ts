import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
export const bespokeHome = resolve(process.env.BESPOKE_HOME ?? join(repositoryRoot, '.bespoke'));

export interface VSCodeServerOptions {
  /** `.vsix` files to install. */
  readonly extensions: readonly string[];
  /** User settings beside those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Keys beside the editor's own, as in the user's `keybindings.json`. */
  readonly keybindings?: readonly { readonly key: string; readonly command: string; readonly when: string }[];
  /** Whether folders are trusted from the start; otherwise Restricted Mode. */
  readonly trusted: boolean;
  /** Where it runs; on this machine as it is when missing. */
  readonly room?: Room;
}

/** A part of this machine that an editor runs in. */
export interface Room {
  /** Where VS Code lies. */
  readonly editorDir: string;
  /** For folders that are made for the editor. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The program and its parameters that run a program in the room. */
  command(program: string, parameters: readonly string[]): [string, readonly string[]];
}

const thisMachine: Room = {
  editorDir: join(bespokeHome, 'vscode'),
  folder: tmpdir(),
  environment: { ...process.env, BESPOKE_HOME: bespokeHome },
  command: (program, parameters) => [program, parameters],
};

/** A real VS Code with fresh settings on a free loopback port. */
export class VSCodeServer {
  readonly url: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  #settings: Readonly<Record<string, unknown>>;

  private constructor(
    url: string,
    dataDir: string,
    process: ChildProcess,
    settings: Readonly<Record<string, unknown>>,
  ) {
    this.url = url;
    this.dataDir = dataDir;
    this.process = process;
    this.#settings = settings;
  }

  static async start(options: VSCodeServerOptions): Promise<VSCodeServer> {
    const room = options.room ?? thisMachine;
    const main = join(room.editorDir, 'lib', 'vscode', 'out', 'server-main.js');
    const dataDir = mkdtempSync(join(room.folder, 'bespoke-vscode-'));
    const settings = { ...quietSettings, ...options.settings };
    writeSettings(dataDir, settings);
    writeFileSync(join(dataDir, 'data', 'User', 'keybindings.json'), JSON.stringify(options.keybindings ?? []));
    const common = ['--accept-server-license-terms', '--server-data-dir', dataDir];
    const env = { ...room.environment, EXTENSIONS_GALLERY: '{}' };
    for (const extension of options.extensions) {
      const parameters = [main, ...common, '--install-extension', extension];
      const installed = spawnSync(...room.command(process.execPath, parameters), { env, encoding: 'utf8' });
      if (installed.status !== 0 || !/successfully installed/.test(installed.stdout)) {
        throw new Error(`VS Code refused ${extension}: ${installed.stdout}${installed.stderr}`);
      }
    }
    const port = await freePort();
    const trust = options.trusted ? ['--disable-workspace-trust'] : [];
    const address = ['--without-connection-token', '--host', '127.0.0.1', '--port', String(port)];
    const parameters = [main, ...common, ...trust, ...address];
    const server = spawn(...room.command(process.execPath, parameters), { env, stdio: 'ignore' });
    // Also when the tests end early.
    process.once('exit', () => server.kill());
    await untilListening(port, server);
    return new VSCodeServer(`http://127.0.0.1:${port}`, dataDir, server, settings);
  }

  /** The page that opens a folder, or none. */
  pageOf(folder: string | undefined): string {
    return `${this.url}/?${folder === undefined ? 'ew=true' : `folder=${encodeURIComponent(folder)}`}`;
  }

  /** Sets user settings while the editor runs, as if the user had written them into the file. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void {
    this.#settings = { ...this.#settings, ...settings };
    writeSettings(this.dataDir, this.#settings);
  }

  /** The process that extensions run in, of the window that was opened last. */
  extensionHost(): number {
    const found = this.#family().filter(([, , command]) => command.includes('--type=extensionHost'));
    const pid = Math.max(...found.map(([id]) => id));
    if (!Number.isFinite(pid)) throw new Error('No extension host runs: open a window first.');
    return pid;
  }

  /** Command lines of all processes that the editor started, directly or not. */
  childCommandLines(): string[] {
    return this.#family().map(([, , command]) => command);
  }

  #family(): [number, number, string][] {
    const listed = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).stdout.trim().split('\n');
    const processes = listed.map((line): [number, number, string] => {
      const [, pid = '', parent = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return [Number(pid), Number(parent), command];
    });
    const family = new Set([this.process.pid]);
    for (let grown = true; grown; ) {
      const before = family.size;
      for (const [pid, parent] of processes) if (family.has(parent)) family.add(pid);
      grown = family.size > before;
    }
    return processes.filter(([pid]) => family.has(pid));
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((done) => this.process.once('close', done));
    this.process.kill();
    await Promise.race([ended, sleep(10_000).then(() => this.process.kill('SIGKILL'))]);
  }
}

function writeSettings(dataDir: string, settings: Readonly<Record<string, unknown>>): void {
  for (const folder of ['User', 'Machine']) {
    mkdirSync(join(dataDir, 'data', folder), { recursive: true });
    writeFileSync(join(dataDir, 'data', folder, 'settings.json'), JSON.stringify(settings));
  }
}

const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'window.autoDetectColorScheme': true,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'git.enabled': false,
  // Looks for listening ports by starting processes.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
  'git.openRepositoryInParentFolders': 'never',
  'editor.minimap.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
  for (let tried = 0; tried < 150; tried += 1) {
    if (server.exitCode !== null) throw new Error(`The VS Code server ended with code ${server.exitCode}.`);
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.on('error', () => done(false));
    });
    if (open) return;
    await sleep(200);
  }
  throw new Error('The VS Code server did not listen within 30 seconds.');
}
