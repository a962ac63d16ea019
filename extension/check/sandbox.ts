import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxKind } from './check-result.ts';
import { runProcess } from './run-process.ts';

/** What a sandboxed program may see. Everything else of the file system does not exist for it; there is no network. */
export interface SandboxView {
  /** Files and folders it may read. */
  readonly readOnly: readonly string[];
  /** Folders that appear empty and writable, in memory. */
  readonly emptyWritable: readonly string[];
  /** Folders inside an `emptyWritable` one that it may read all the same. */
  readonly readOnlyInside: readonly string[];
  /** Folders it may write. */
  readonly writable: readonly string[];
  /** Its working folder. */
  readonly cwd: string;
}

export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc', '/nix/store'];
const addressSpaceBytes = 8 * 1024 ** 3;
const fileBytes = 256 * 1024 ** 2;

/** Tries bubblewrap once for real: it may be installed and still be forbidden, for instance without user namespaces. */
export async function findSandbox(): Promise<Exclude<SandboxKind, 'none-started'>> {
  if (process.platform !== 'linux') return 'process';
  const probe = wrap(
    { command: 'true', args: [] },
    { readOnly: [], emptyWritable: [], readOnlyInside: [], writable: [], cwd: '/' },
  );
  const end = await runProcess(probe.command, probe.args, { cwd: '/', env: process.env, limitMs: 10_000 });
  return end.exitCode === 0 ? 'bubblewrap' : 'process';
}

/** The command line that runs a program under bubblewrap with limits on memory and file size. */
export function wrap({ command, args }: CommandLine, view: SandboxView): CommandLine {
  const existing = (paths: readonly string[]) => paths.filter((path) => existsSync(path));
  const bind = (option: string, paths: readonly string[]) => existing(paths).flatMap((path) => [option, path, path]);
  const limits = findOnPath('prlimit');
  const limited =
    limits === null
      ? [command, ...args]
      : [limits, '--core=0', `--as=${addressSpaceBytes}`, `--fsize=${fileBytes}`, '--nproc=1024', command, ...args];
  return {
    command: 'bwrap',
    args: [
      '--unshare-all',
      '--die-with-parent',
      '--new-session',
      ...bind('--ro-bind', systemFolders),
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      ...bind('--ro-bind', view.readOnly),
      ...existing(view.emptyWritable).flatMap((path) => ['--tmpfs', path]),
      ...bind('--ro-bind', view.readOnlyInside),
      ...bind('--bind', view.writable),
      ...['--chdir', view.cwd],
      ...limited,
    ],
  };
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
