import type { CorpusLibrary } from './build-corpus.ts';
import type { LibraryUse } from './corpus-recipe.ts';
import type { ExampleDrop } from './library-examples.ts';
import type { NearestKind } from './nearest-mixture.ts';
import { isNameMatched } from './rank-pairs.ts';

/** What `corpus.summary.json` holds. */
export interface CorpusSummary {
  readonly settings: Readonly<Record<string, number>>;
  readonly total: LibraryFigures;
  readonly libraries: readonly (LibraryFigures & {
    readonly coordinate: string;
    readonly licence: string;
    readonly use: LibraryUse;
  })[];
  readonly seconds: number;
}

export interface LibraryFigures {
  readonly testMethods: number;
  /** Pairs that the miner found. */
  readonly pairs: number;
  /** Pairs that gave no example, by reason. */
  readonly drops: Readonly<Record<'same-test' | 'near-test' | ExampleDrop, number>>;
  readonly examples: number;
  /** Examples whose test is named after what it tests. */
  readonly nameMatched: number;
  /** Examples by what they may show. */
  readonly nearest: Readonly<Record<NearestKind, number>>;
  readonly sourceTokens: number;
  readonly targetTokens: number;
}

export function summarize(
  libraries: readonly CorpusLibrary[],
  settings: CorpusSummary['settings'],
  seconds: number,
): CorpusSummary {
  const figures = libraries.map(figuresOf);
  return {
    settings,
    total: figures.reduce(add),
    libraries: libraries.map(({ library: { coordinate, licence, use } }, at) => ({
      coordinate,
      licence,
      use,
      ...(figures[at] as LibraryFigures),
    })),
    seconds: Math.round(seconds * 10) / 10,
  };
}

function figuresOf({ mined, distinct, made }: CorpusLibrary): LibraryFigures {
  const examples = made?.examples ?? [];
  const count = (kind: NearestKind) => examples.filter(({ nearest }) => nearest === kind).length;
  const drops = made?.drops ?? { 'long-test': 0, 'long-input': 0, 'over-cap': 0 };
  return {
    testMethods: mined.testMethods,
    pairs: mined.pairs.length,
    drops: { 'same-test': distinct.sameTests, 'near-test': distinct.nearTests, ...drops },
    examples: examples.length,
    nameMatched: examples.filter(({ pair }) => isNameMatched(pair)).length,
    nearest: { any: count('any'), 'other-classes': count('other-classes'), none: count('none') },
    sourceTokens: examples.reduce((sum, { example }) => sum + example.source.length, 0),
    targetTokens: examples.reduce((sum, { example }) => sum + example.target.length, 0),
  };
}

function add(a: LibraryFigures, b: LibraryFigures): LibraryFigures {
  return {
    testMethods: a.testMethods + b.testMethods,
    pairs: a.pairs + b.pairs,
    drops: addEach(a.drops, b.drops),
    examples: a.examples + b.examples,
    nameMatched: a.nameMatched + b.nameMatched,
    nearest: addEach(a.nearest, b.nearest),
    sourceTokens: a.sourceTokens + b.sourceTokens,
    targetTokens: a.targetTokens + b.targetTokens,
  };
}

function addEach<K extends string>(a: Readonly<Record<K, number>>, b: Readonly<Record<K, number>>): Record<K, number> {
  return Object.fromEntries((Object.keys(a) as K[]).map((key) => [key, a[key] + b[key]])) as Record<K, number>;
}
