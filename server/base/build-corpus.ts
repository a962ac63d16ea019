import { join } from 'node:path';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import { writeDurably } from '../storage/durable-file.ts';
import { type Library, nameOf } from './corpus-recipe.ts';
import { type DistinctTests, distinctTests } from './distinct-tests.ts';
import { layOutLibrary } from './lay-out-library.ts';
import { type LibraryExamples, libraryExamples, MOST_TARGET_TOKENS } from './library-examples.ts';
import { type MinedLibrary, mineLibrary } from './mine-library.ts';
import { isNameMatched } from './rank-pairs.ts';
import { type CorpusSummary, summarize } from './summarize-corpus.ts';

export interface CorpusOptions {
  /** Where the corpus is written and where the libraries lie. */
  readonly out: string;
  readonly libraries: readonly Library[];
  readonly tokenizer: Tokenizer;
  /** Most tokens of the model's input: the base model's `maxInputTokens`. */
  readonly mostInputTokens: number;
  /** Whether tests that an input shows are lessons too. */
  readonly teachesShownTests: boolean;
  readonly seed: number;
  /** Most training pairs of a library. */
  readonly mostPairsPerLibrary: number;
  /** Most validation pairs of a library. */
  readonly mostValidationPairs: number;
  readonly signal: AbortSignal;
  /** Gets a line when a library is done. */
  readonly onProgress: (line: string) => void;
}

/** A library on its way through the recipe. */
export interface CorpusLibrary {
  readonly library: Library;
  readonly mined: MinedLibrary;
  readonly distinct: DistinctTests;
  /** Undefined for a library that is kept for evaluation. */
  readonly made: LibraryExamples | undefined;
}

/**
 * Makes the examples that base models are tuned on: fetches and mines the libraries of the recipe, drops what repeats another's tests,
 * and writes `corpus.examples.jsonl` (`server/TRAINING_EXAMPLES.md`), beside it `corpus.pairs.jsonl`, which says line by line where an
 * example comes from, and `corpus.summary.json`. Pairs of libraries kept for evaluation are mined, compared, and left out. The same
 * recipe and seed give the same files. Goes on where an interrupted run ended; rejects when `signal` says stop.
 */
export async function buildCorpus(options: CorpusOptions): Promise<CorpusSummary> {
  const startedMs = Date.now();
  const libraries = heldBackFirst(options.libraries);
  const mined: MinedLibrary[] = [];
  for (const [at, library] of libraries.entries()) {
    mined.push(await fetchAndMine(library, `${at + 1} of ${libraries.length}`, options));
  }
  options.onProgress('comparing all tests with each other');
  const distinct = distinctTests(mined.map(({ pairs }) => pairs));
  const done: CorpusLibrary[] = [];
  for (const [at, library] of libraries.entries()) {
    const { pairs } = distinct[at] as DistinctTests;
    const made = library.use === 'evaluation' ? undefined : await makeExamples(library, pairs, options);
    if (made !== undefined) options.onProgress(`${nameOf(library)}: ${made.examples.length} ${library.use} examples`);
    done.push({ library, mined: mined[at] as MinedLibrary, distinct: distinct[at] as DistinctTests, made });
  }
  const summary = summarize(done, settingsOf(options), (Date.now() - startedMs) / 1000);
  await writeCorpus(options.out, done, summary);
  return summary;
}

async function fetchAndMine(library: Library, place: string, options: CorpusOptions): Promise<MinedLibrary> {
  const { out, signal, onProgress } = options;
  const folder = join(out, 'libraries', nameOf(library));
  const startedMs = Date.now();
  const isNew = await layOutLibrary(library, folder, signal);
  const mined = await mineLibrary(folder, signal);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  onProgress(
    `${place}: ${nameOf(library)} ${isNew ? 'fetched' : 'was there'}, ${mined.pairs.length} pairs ` +
      `from ${mined.testMethods} test methods, ${seconds} s`,
  );
  return mined;
}

/** What is measured on wins over what is trained on when both have the same test. */
function heldBackFirst(libraries: readonly Library[]): Library[] {
  const uses = ['evaluation', 'validation', 'train'] as const;
  return uses.flatMap((use) => libraries.filter((library) => library.use === use));
}

function makeExamples(
  library: Library,
  pairs: DistinctTests['pairs'],
  options: CorpusOptions,
): Promise<LibraryExamples> {
  const { tokenizer, seed, mostInputTokens, teachesShownTests, signal } = options;
  const isTrain = library.use === 'train';
  const split = isTrain ? 'train' : 'validation';
  const mostPairs = isTrain ? options.mostPairsPerLibrary : options.mostValidationPairs;
  const made = { tokenizer, seed, split, mostInputTokens, teachesShownTests, mostPairs, signal } as const;
  return libraryExamples(pairs, made);
}

function settingsOf({ seed, mostInputTokens, mostPairsPerLibrary, mostValidationPairs }: CorpusOptions) {
  return {
    seed,
    mostInputTokens,
    mostTargetTokens: MOST_TARGET_TOKENS,
    nearestTestsOffered: NEAREST_TESTS_OFFERED,
    mostPairsPerLibrary,
    mostValidationPairs,
  };
}

async function writeCorpus(out: string, done: readonly CorpusLibrary[], summary: CorpusSummary): Promise<void> {
  const made = done.flatMap(({ library, made }) => (made?.examples ?? []).map((one) => ({ library, ...one })));
  const examples = made.map(({ example }) => example);
  const origins = made.map(({ library, pair, nearest }) => ({
    pairId: pair.id,
    library: library.coordinate,
    nearest,
    isNameMatched: isNameMatched(pair),
    confidence: pair.confidence,
    evidence: pair.evidence,
  }));
  await writeDurably(join(out, 'corpus.examples.jsonl'), toLines(examples));
  await writeDurably(join(out, 'corpus.pairs.jsonl'), toLines(origins));
  await writeDurably(join(out, 'corpus.summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
}

const toLines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
