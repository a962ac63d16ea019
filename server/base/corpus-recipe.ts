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
  const { coordinate, licence, use, sha256 } = entry as Partial<Library>;
  const isComplete =
    matches(coordinate, /^[\w.-]+:[\w.-]+:[\w.-]+$/) &&
    matches(licence, /^[\w. -]+$/) &&
    ['train', 'validation', 'evaluation'].includes(use ?? '') &&
    ARTIFACTS.every((artifact) => matches(sha256?.[artifact], /^[0-9a-f]{64}$/));
  if (!isComplete) throw new Error(`The entry ${JSON.stringify(entry)} of corpus.json is not complete.`);
  return entry as Library;
}

const matches = (value: string | undefined, pattern: RegExp) => value !== undefined && pattern.test(value);
