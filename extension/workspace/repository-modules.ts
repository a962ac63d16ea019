import { createHash } from 'node:crypto';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { NearestTestIndex } from '../../core/model-input/nearest-tests.ts';
import type { MinedRepository } from './mine-repository.ts';

/** A module that can have a model of its own. */
export interface RepositoryModule {
  /** Folder relative to the workspace, with `/`. */
  readonly path: string;
  /**
   * The name under which a server keeps what belongs to it. To a server a module is a repository: it keeps pairs, runs and models of its
   * own, and a token may be limited to it.
   */
  readonly id: string;
  /** That may be sent. */
  readonly pairs: number;
}

/** Fewest pairs of a module that it is worth a model of its own: what is left beside two proofs still teaches something. */
export const leastModulePairs = 40;

/** The modules that have enough tests, most of them first; none where only one has, because a model of it would be that of the repository. */
export function modulesOf(repository: MinedRepository): RepositoryModule[] {
  const large = allModulesOf(repository).filter(({ pairs }) => pairs >= leastModulePairs);
  return large.length < 2 ? [] : large;
}

/** Every module with a pair, however few: one of them may have had a model once. */
export function allModulesOf({ identity, clean, summary }: MinedRepository): RepositoryModule[] {
  const paths = Object.keys(summary.modules);
  const counts = new Map<string, number>();
  for (const { focalFile } of clean) {
    const path = moduleOf(paths, focalFile);
    if (path !== undefined) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts]
    .map(([path, pairs]) => ({ path, id: moduleId(identity.id, path), pairs }))
    .toSorted((one, other) => other.pairs - one.pairs || (one.path < other.path ? -1 : 1));
}

/** The module of a file, whether or not it has enough tests; `undefined` where the repository has only one. */
export function moduleOfFile(repository: MinedRepository, file: string): RepositoryModule | undefined {
  const modules = allModulesOf(repository);
  if (modules.length < 2) return undefined;
  const path = moduleOf(
    modules.map((module) => module.path),
    file,
  );
  return modules.find((module) => module.path === path);
}

/** What a model can be of: the repository, or one of its modules. */
export interface RepositoryPart {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Of a module; `null` for the whole repository. */
  readonly module: string | null;
  /** The pairs that may be sent. */
  readonly clean: readonly TestPair[];
}

/** The whole repository first, then its modules where there are several. */
export function partsOf(repository: MinedRepository): RepositoryPart[] {
  const { identity, clean } = repository;
  const modules = allModulesOf(repository);
  return [
    { id: identity.id, name: identity.name, module: null, clean },
    ...(modules.length < 2 ? [] : modules).map(({ id, path }) => ({
      id,
      name: `${identity.name}, module ${path}`,
      module: path,
      clean: pairsOf(repository, path, clean),
    })),
  ];
}

function pairsOf<P extends { readonly focalFile: string }>(
  { summary }: MinedRepository,
  module: string,
  pairs: readonly P[],
): P[] {
  const paths = Object.keys(summary.modules);
  return pairs.filter(({ focalFile }) => moduleOf(paths, focalFile) === module);
}

/** The repository as if it were this module alone. */
export function onlyModule(repository: MinedRepository, module: RepositoryModule): MinedRepository {
  const ofModule = <P extends { readonly focalFile: string }>(pairs: readonly P[]) =>
    pairsOf(repository, module.path, pairs);
  const clean = ofModule(repository.clean);
  const share = repository.clean.length === 0 ? 0 : clean.length / repository.clean.length;
  return {
    ...repository,
    identity: { ...repository.identity, id: module.id, name: `${repository.identity.name}, module ${module.path}` },
    pairs: ofModule(repository.pairs),
    clean,
    withSecret: ofModule(repository.withSecret),
    bytes: Math.round(repository.bytes * share),
    nearest: new NearestTestIndex(clean),
  };
}

/** The deepest of the modules that holds the file. */
function moduleOf(paths: readonly string[], file: string): string | undefined {
  return paths
    .filter((path) => path === '.' || file.startsWith(`${path}/`))
    .reduce<string | undefined>((best, path) => {
      if (best === undefined || best === '.') return path;
      return path !== '.' && path.length > best.length ? path : best;
    }, undefined);
}

function moduleId(repositoryId: string, path: string): string {
  const hash = createHash('sha256').update(`${repositoryId}\n${path}`).digest('hex').slice(0, 12);
  const slug = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(-48);
  return slug === '' ? hash : `${slug}-${hash}`.replace(/^-+/, '');
}
