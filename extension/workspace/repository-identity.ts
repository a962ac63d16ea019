import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** How a server tells repositories apart, and the commit that is checked out. */
export interface RepositoryIdentity {
  /** 1 to 64 of `a-z`, `0-9` and `-`; equal for all clones of one remote. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** `null` outside of Git. */
  readonly commit: string | null;
}

/** Reads Git's files instead of running Git, because Restricted Mode allows no process. */
export function identifyRepository(folder: string): RepositoryIdentity {
  const root = gitRootOf(folder);
  const name = basename(resolve(folder));
  const remote = root === undefined ? undefined : remoteOf(root.gitDir);
  // A folder inside a repository is a repository of its own: its pairs are others.
  const inside = root === undefined ? '' : resolve(folder).slice(root.workTree.length);
  const identity = remote === undefined ? resolve(folder) : `${withoutCredentials(remote)}${inside}`;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48);
  return {
    id: slug === '' ? hash : `${slug}-${hash}`,
    name,
    commit: root === undefined ? null : commitOf(root.gitDir),
  };
}

function gitRootOf(folder: string): { workTree: string; gitDir: string } | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const git = join(at, '.git');
    if (existsSync(git)) {
      if (statSync(git).isDirectory()) return { workTree: at, gitDir: git };
      const pointer = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1];
      return pointer === undefined ? undefined : { workTree: at, gitDir: resolve(at, pointer) };
    }
    if (dirname(at) === at) return undefined;
  }
}

/** A linked work tree keeps configuration and refs in the main one's folder. */
function commonDirOf(gitDir: string): string {
  const pointer = readText(join(gitDir, 'commondir'))?.trim();
  return pointer === undefined ? gitDir : resolve(gitDir, pointer);
}

function remoteOf(gitDir: string): string | undefined {
  const config = readText(join(commonDirOf(gitDir), 'config')) ?? '';
  const origin = /\[remote "origin"\][^[]*?\burl\s*=\s*(\S+)/.exec(config)?.[1];
  return origin ?? /\[remote "[^"]+"\][^[]*?\burl\s*=\s*(\S+)/.exec(config)?.[1];
}

function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z+]+:\/\/)[^@/]*@/, '$1').replace(/\.git$/, '');
}

function commitOf(gitDir: string): string | null {
  const head = readText(join(gitDir, 'HEAD'))?.trim();
  if (head === undefined) return null;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return head;
  const common = commonDirOf(gitDir);
  const loose = readText(join(common, ref))?.trim();
  if (loose !== undefined) return loose;
  const packed = readText(join(common, 'packed-refs')) ?? '';
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? null
  );
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
