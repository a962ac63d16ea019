import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { bespokeHome, type Room, repositoryRoot } from './vscode-server.ts';

/**
 * This machine without the checkout and without the user's home: in their place is nothing, so nothing of them can be read, run or shared.
 * Paths are the same inside and outside. Of the user's home only what a Java developer has before the extension is there: Maven's
 * repository, and Python where it was installed for the user alone.
 */
export class CleanRoom implements Room {
  /** Fresh; the home inside. */
  readonly folder: string;
  readonly editorDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #mounts: readonly string[];

  /** `withSetUp`: what the set-up of the checkout put into its home may be read inside, so that it need not be fetched again. */
  constructor(options: { readonly withSetUp: boolean }) {
    this.folder = mkdtempSync(join(tmpdir(), 'bespoke-clean-room-'));
    this.editorDir = join(this.folder, 'vscode');
    mkdirSync(this.editorDir);
    const mavenDir = join(homedir(), '.m2');
    mkdirSync(mavenDir, { recursive: true });
    const pythonDir = said('python3', ['-c', 'import sys; print(sys.base_prefix)']);
    this.#mounts = [
      ...['--tmpfs', repositoryRoot, '--tmpfs', homedir(), '--tmpfs', bespokeHome],
      ...['--ro-bind', pythonDir, pythonDir, '--bind', mavenDir, mavenDir],
      ...['--ro-bind', join(bespokeHome, 'vscode'), this.editorDir],
      ...(options.withSetUp
        ? ['venv', 'tools', 'base-model'].flatMap((name) => readOnly(join(bespokeHome, name)))
        : []),
    ];
    const programs = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(repositoryRoot));
    this.environment = {
      ...Object.fromEntries(
        Object.entries(process.env).filter(
          ([name, value]) => !/^(npm_|BESPOKE_)/i.test(name) && value?.includes(repositoryRoot) === false,
        ),
      ),
      HOME: this.folder,
      PATH: [join(pythonDir, 'bin'), ...programs].join(delimiter),
      ...(options.withSetUp ? { BESPOKE_HOME: bespokeHome } : {}),
    };
  }

  command(program: string, parameters: readonly string[]): [string, readonly string[]] {
    const own = ['--dev-bind', '/', '/', ...this.#mounts, '--unshare-pid', '--proc', '/proc'];
    return ['bwrap', [...own, '--chdir', this.folder, '--die-with-parent', '--', program, ...parameters]];
  }

  /** Puts a copy of a file into the room and returns its path there. */
  bring(file: string): string {
    const copy = join(this.folder, basename(file));
    copyFileSync(file, copy);
    return copy;
  }

  /** Runs a program inside and returns what it printed. */
  said(program: string, parameters: readonly string[]): string {
    const [wrapper, wrapped] = this.command(program, parameters);
    return said(wrapper, wrapped, this.environment);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readOnly(folder: string): string[] {
  return ['--ro-bind', folder, folder];
}

function said(program: string, parameters: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const ended = spawnSync(program, parameters, { env, encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${program} ended with code ${ended.status}: ${ended.stderr}`);
  return ended.stdout.trim();
}
