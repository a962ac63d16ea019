import recipe from './corpus.json';

/** A published Java library that base models are tuned, validated or evaluated on. Its sources are fetched, never committed. */
export interface Library {
  /** `GROUP:ARTIFACT:VERSION`. */
  readonly coordinate: string;
  /** SPDX identifier. */
  readonly licence: string;
  readonly use: LibraryUse;
  /** Lower-case hexadecimal SHA-256 of the artifacts that hold the sources. */
  readonly sha256: Readonly<Record<Artifact, string>>;
  /** What building the library takes. Libraries that are kept for evaluation have it: tests that are written for them are run. */
  readonly build?: LibraryBuild;
}

export interface LibraryBuild {
  /** Lower-case hexadecimal SHA-256 of the pom. */
  readonly pomSha256: string;
  /** Coordinates of libraries that its pom does not name: the published artifact holds their classes itself, or its own build adds them. */
  readonly added: readonly string[];
}

/** The corpus is split by library: what a base model was tuned on says nothing about how it does on the others. */
export type LibraryUse = 'train' | 'validation' | 'evaluation';

/** Classifiers of a library's artifacts. */
export type Artifact = 'sources' | 'test-sources';
export const ARTIFACTS: readonly Artifact[] = ['sources', 'test-sources'];

/** The libraries of `corpus.json`, in its order. Throws when an entry is not as it has to be. */
export function readRecipe(entries: readonly unknown[] = recipe.libraries): readonly Library[] {
  const libraries = entries.map(checkLibrary);
  const names = new Set(libraries.map(nameOf));
  if (names.size < libraries.length)
    throw new Error('Two libraries of corpus.json have the same artifact and version.');
  return libraries;
}

/** `ARTIFACT-VERSION`: the library's name in messages, and its folder's. */
export function nameOf({ coordinate }: Library): string {
  return coordinate.split(':').slice(1).join('-');
}

function checkLibrary(entry: unknown): Library {
  const { coordinate, licence, use, sha256, build } = entry as Partial<Library>;
  const isComplete =
    matches(coordinate, COORDINATE) &&
    matches(licence, /^[\w. -]+$/) &&
    ['train', 'validation', 'evaluation'].includes(use ?? '') &&
    ARTIFACTS.every((artifact) => matches(sha256?.[artifact], SHA256)) &&
    (use === 'evaluation') === (build !== undefined) &&
    (build === undefined || matches(build.pomSha256, SHA256)) &&
    (build?.added ?? []).every((coordinate) => matches(coordinate, COORDINATE));
  if (!isComplete) throw new Error(`The entry ${JSON.stringify(entry)} of corpus.json is not complete.`);
  return entry as Library;
}

const COORDINATE = /^[\w.-]+:[\w.-]+:[\w.-]+$/;
const SHA256 = /^[0-9a-f]{64}$/;

const matches = (value: string | undefined, pattern: RegExp) => value !== undefined && pattern.test(value);
