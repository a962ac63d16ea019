import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxKind } from './check-result.ts';
import { runProcess } from './run-process.ts';

/** What a sandboxed program may see. Everything else of the file system does not exist for it; there is no network. */
export interface SandboxView {
  /** Files and folders it may read. */
  readonly readOnly: readonly string[];
  /** Folders that appear empty and writable, in memory; what is written there is gone with the sandbox. */
  readonly emptyWritable: readonly string[];
  /** Files and folders inside an `emptyWritable` one that it may read all the same. */
  readonly readOnlyInside: readonly string[];
  /** Its working folder. */
  readonly cwd: string;
}

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store'];
/** What programs need of `/etc`. The rest is a machine's own business: accounts, keys, configured passwords. */
const systemSettings =
  /^(java.*|jvm.*|alternatives|ld\.so\..*|localtime|timezone|locale.*|nsswitch\.conf|passwd|group|host(s|\.conf|name)|protocols|services|mime\.types|fonts|os-release|ca-certificates|pki|crypto-policies)$/;
const addressSpaceBytes = 8 * 1024 ** 3;
/** Of one file, and of each folder in memory. */
const writableBytes = 256 * 1024 ** 2;

/** Tries bubblewrap once for real: it may be installed and still be forbidden, for instance without user namespaces. */
export async function findSandbox(): Promise<Exclude<SandboxKind, 'none-started'>> {
  if (process.platform !== 'linux') return 'process';
  const probe = wrap({ command: 'true', args: [] }, { readOnly: [], emptyWritable: [], readOnlyInside: [], cwd: '/' });
  const end = await runProcess(probe.command, probe.args, { cwd: '/', env: process.env, limitMs: 10_000 });
  return end.exitCode === 0 ? 'bubblewrap' : 'process';
}

/**
 * The command line that runs a program under bubblewrap with limits on memory, processes and files. What the program writes stays in memory,
 * so that it can neither fill a disk nor leave anything behind; nowhere else can it write.
 */
export function wrap({ command, args }: CommandLine, view: SandboxView): CommandLine {
  const existing = (paths: readonly string[]) => paths.filter((path) => existsSync(path));
  const bind = (paths: readonly string[]) => existing(paths).flatMap((path) => ['--ro-bind', path, path]);
  const size = knows('--size') ? ['--size', String(writableBytes)] : [];
  const inMemory = (paths: readonly string[]) => paths.flatMap((path) => [...size, '--tmpfs', path]);
  const limits = findOnPath('prlimit');
  const limited =
    limits === null
      ? [command, ...args]
      : [limits, '--core=0', `--as=${addressSpaceBytes}`, `--fsize=${writableBytes}`, '--nproc=1024', command, ...args];
  return {
    command: 'bwrap',
    args: [
      '--unshare-all',
      // In a user namespace of its own a program could mount a file system without a limit.
      ...(knows('--disable-userns') ? ['--unshare-user', '--disable-userns'] : []),
      '--die-with-parent',
      '--new-session',
      ...bind([...systemFolders, ...settingsPaths()]),
      // The kernel's settings belong to root whatever its rights are, and a container's user often is root.
      ...['--proc', '/proc', '--ro-bind', '/proc/sys', '/proc/sys', '--dev', '/dev'],
      ...inMemory(['/dev/shm', '/tmp']),
      ...bind(view.readOnly),
      ...inMemory(existing(view.emptyWritable)),
      ...bind(view.readOnlyInside),
      ...['--remount-ro', '/dev', '--remount-ro', '/'],
      ...['--chdir', view.cwd],
      ...limited,
    ],
  };
}

function settingsPaths(): string[] {
  const names = existsSync('/etc') ? readdirSync('/etc').filter((name) => systemSettings.test(name)) : [];
  return [...names.map((name) => join('/etc', name)), '/etc/ssl/certs'];
}

let options: string | undefined;

/** Whether this version of bubblewrap has an option. */
function knows(option: string): boolean {
  options ??= spawnSync('bwrap', ['--help'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '';
  return options.includes(`${option} `);
}

/** Absolute path of a program, or `null`. */
export function findOnPath(program: string): string | null {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const folder of (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':')) {
    const path = join(folder, program + suffix);
    if (folder !== '' && existsSync(path)) return path;
  }
  return null;
}

/** The environment of programs that run written code: no variable of the user's, so no token leaks into a test. */
export function bareEnvironment(javaCommand: string): NodeJS.ProcessEnv {
  const temporary = process.platform === 'win32' ? process.env.TEMP : '/tmp';
  return {
    PATH: [dirname(javaCommand), '/usr/bin', '/bin'].join(process.platform === 'win32' ? ';' : ':'),
    HOME: temporary,
    LANG: 'C.UTF-8',
    ...(process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot, TEMP: temporary } : {}),
  };
}
