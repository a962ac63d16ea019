import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  DEFAULT_BASE,
  EMBEDDED_BASES,
  type EmbeddedBase,
  embeddedBase,
  noSuchBase,
} from '../../core/base-model/embedded-bases.ts';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import { parsed } from '../base/command-line.ts';
import { baseOption, homeOption } from '../base/home-option.ts';
import type { Strategy } from '../runs/strategy.ts';
import type { ExperimentDesign } from './plan.ts';

export const EXPERIMENT_USAGE = `Usage: npm run experiment -- --out DIR [options]

Runs the papers' protocol on any list of Java repositories: trains each strategy in each fold, has the base and the personalized model
write tests for held-out pairs, compiles and runs them, and writes tables, figures and one HTML page. It compiles and runs tests
of the repositories: name only those that you trust. Ended in whatever way, it goes on where it ended.

  --out DIR             records (DIR/runs), tables, figures and report
  --repository PLACE    a folder, or the coordinates of a library that is kept for evaluation; may be named again
                        (when left out: all of these libraries)
  --folds N             1 to 4: folds of the cross-validation (when left out: 4)
  --strategy NAME       custom, embeddings-output, last-decoder-block, prefix or telly; may be named again
                        (when left out: the papers' four)
  --telly K,K,…         sweeps Telly's number of frozen blocks, in the first fold
  --prefix-from-words   prefix a second time, started as the repository's most frequent words, not as the base's own
                        prefix; with the input of the first setting
  --without-nearest     everything a second time without the repository's nearest tests in the input
  --pairs N,N,…,all     a learning curve: the repository cut to so many pairs, in the first fold
  --layers              probes the layers of the models of the first fold, and how far each moved
  --most-pairs N        most pairs of a repository (when left out: all)
  --held-out N          most pairs to hold out for each split (when left out: a quarter of them)
  --jobs N              runs at once (when left out: 1)
  --summary             only the tables, figures and page of the runs that are done
  --base NAME           ${EMBEDDED_BASES.join(' or ')} (when left out: ${DEFAULT_BASE})
  --home DIR            where the set-up put the base models (when left out: as npm start does)
`;

/** What a user wants of an experiment. */
export interface ExperimentOptions {
  readonly out: string;
  readonly home: string;
  readonly base: EmbeddedBase;
  /** As named; none: the libraries that are kept for evaluation. */
  readonly repositories: readonly string[];
  readonly design: Omit<ExperimentDesign, 'repositories'>;
  readonly heldOutPairs: number;
  readonly analysesLayers: boolean;
  readonly jobs: number;
  readonly summary: boolean;
}

/** The options, or the sentence that says what is wrong with them. */
export function readOptions(argv: readonly string[]): ExperimentOptions | string {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  if (values.out === undefined) return 'Name the folder of the experiment with --out DIR.';
  const wanted = values.strategy ?? PAPERS_STRATEGIES;
  const unknown = wanted.find((name) => !STRATEGIES.some((known) => known === name));
  if (unknown !== undefined) return `There is no strategy '${unknown}': use ${STRATEGIES.join(', ')}.`;
  const strategies = STRATEGIES.filter((strategy) => wanted.includes(strategy));
  const folds = Number(values.folds);
  if (!isWhole(folds, 1, 4)) return '--folds must be a whole number from 1 to 4.';
  const jobs = Number(values.jobs);
  if (!isWhole(jobs, 1, 64)) return '--jobs must be a whole number from 1 to 64.';
  const mostPairs = values['most-pairs'] === undefined ? null : Number(values['most-pairs']);
  if (mostPairs !== null && !isWhole(mostPairs, 1)) return '--most-pairs must be a whole number of at least 1.';
  const heldOutPairs = Number(values['held-out']);
  if (!isWhole(heldOutPairs, 1)) return '--held-out must be a whole number of at least 1.';
  const frozenBlocks = values.telly?.split(',').map(Number) ?? [];
  if (!frozenBlocks.every((k) => isWhole(k, 0))) return '--telly must be whole numbers with commas between them.';
  const curvePairs = values.pairs?.split(',').map((size) => (size === 'all' ? null : Number(size))) ?? [];
  if (!curvePairs.every((size) => size === null || isWhole(size, 1)))
    return "--pairs must be whole numbers and 'all' with commas between them.";
  if (curvePairs.some((size) => size !== null && mostPairs !== null && size > mostPairs))
    return `--pairs cannot be more than the ${mostPairs} of --most-pairs.`;
  const base = embeddedBase(values.base);
  if (base === undefined) return noSuchBase(values.base);
  const nearestTests = values['without-nearest'] ? [NEAREST_TESTS_OFFERED, 0] : [NEAREST_TESTS_OFFERED];
  const prefixFromWords = values['prefix-from-words'];
  if (prefixFromWords && !strategies.includes('prefix')) return '--prefix-from-words goes with --strategy prefix.';
  return {
    out: resolve(values.out),
    home: resolve(values.home),
    base,
    repositories: values.repository ?? [],
    design: { folds, strategies, frozenBlocks, prefixFromWords, nearestTests, curvePairs, mostPairs },
    ...{ heldOutPairs, analysesLayers: values.layers, jobs, summary: values.summary },
  };
}

const STRATEGIES: readonly Strategy[] = ['custom', 'embeddings-output', 'last-decoder-block', 'prefix', 'telly'];
const PAPERS_STRATEGIES: readonly Strategy[] = STRATEGIES.slice(0, 4);

/** More than any repository has, so that the quarter that can be held out at most is. */
const A_QUARTER = '1000000';

const isWhole = (value: number, least: number, most = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && value >= least && value <= most;

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      home: homeOption,
      base: baseOption,
      repository: { type: 'string', multiple: true },
      folds: { type: 'string', default: '4' },
      strategy: { type: 'string', multiple: true },
      telly: { type: 'string' },
      'without-nearest': { type: 'boolean', default: false },
      'prefix-from-words': { type: 'boolean', default: false },
      pairs: { type: 'string' },
      layers: { type: 'boolean', default: false },
      'most-pairs': { type: 'string' },
      'held-out': { type: 'string', default: A_QUARTER },
      jobs: { type: 'string', default: '1' },
      summary: { type: 'boolean', default: false },
    },
  });
}
