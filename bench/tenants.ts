import { availableParallelism } from 'node:os';
import { DEFAULT_BASE } from '../core/base-model/embedded-bases.ts';
import { loadTokenizer } from '../core/model-input/tokenizer.ts';
import { baseModelDirOf } from '../extension/local-server/layout.ts';
import { bestPrecision } from '../server/generation/best-precision.ts';
import type { Precision } from '../server/generation/graph-description.ts';
import { type MadeStrategy, madeStrategies } from '../test/server/support/made-adapters.ts';
import { home } from '../test/server/support/places.ts';
import type { AdapterLoading } from './adapter-loading.ts';
import { basesOf } from './base-models.ts';
import { sampleExamples } from './model-inputs.ts';
import { lookupTimes } from './registered-repositories.ts';
import { runBench } from './run-bench.ts';
import { Fleet, type Population } from './tenant-fleet.ts';
import { BATCH, NEW_TOKENS, type PopulationFigures, throughputOf } from './tenant-throughput.ts';

export const options = {
  base: { type: 'string', default: DEFAULT_BASE },
  rounds: { type: 'string', default: '5' },
  /** Repositories whose adapters are in memory. */
  resident: { type: 'string', default: '1024' },
  /** Repositories that the ledger knows. */
  registered: { type: 'string', default: '100000' },
} as const;

/** Short, so that a prefix is most of what a step attends to. */
const INPUT_TOKENS = 128;
const INPUTS = 16;
const LOOKUPS = 1000;

/**
 * One base for many repositories, each of a tenant of its own, with random adapters in the form and the size of trained ones: the lookup of a
 * request's adapter among all that are registered, loading one, the memory that each takes, and the throughput of 64 requests at once: of
 * one repository, of as many repositories, of all in turn, drawn by Zipf's law, and of four times as many in turn as fit into memory. The
 * ratio is the throughput of 64 distinct prefixes over that of one repository, which holds its prefix once and copies it for each request.
 * A graph that read one copy for all could not be faster than the base without a prefix, whose throughput stands beside. What is written
 * together is compared with what each request writes alone.
 */
export default async function measure(
  given: Record<keyof typeof options, string>,
  say: (line: string) => void,
): Promise<object> {
  const [base = DEFAULT_BASE] = basesOf(given.base);
  const [rounds, resident, registered] = [Number(given.rounds), Number(given.resident), Number(given.registered)];
  const lookup = await lookupTimes(registered, LOOKUPS);
  say(`looking up one of ${registered}: ${JSON.stringify(lookup)}`);
  const loading = {} as Record<MadeStrategy, AdapterLoading>;
  for (const strategy of madeStrategies)
    loading[strategy] = runBench('adapter-loading', { base, strategy, adapters: given.resident }) as AdapterLoading;
  say(`loading: ${JSON.stringify(loading)}`);
  const fleet = await Fleet.make(baseModelDirOf(home, base), resident);
  try {
    const [precision, threads] = [bestPrecision(), availableParallelism()];
    const tokenizer = await loadTokenizer(fleet.base.path);
    const inputs = (await sampleExamples(tokenizer, INPUT_TOKENS, INPUTS)).map(({ source }) => source);
    const bytesOf = (population: Population) =>
      population === 'mixed'
        ? Math.max(...madeStrategies.map((strategy) => loading[strategy].countedBytes))
        : loading[population].countedBytes;
    const figures: Record<string, PopulationFigures> = {};
    for (const population of [...madeStrategies, 'mixed'] as const) {
      const open = (adapters: number, how: Precision) =>
        fleet.generator({
          ...{ threads, precision: how, maxConcurrentRequests: BATCH },
          sessionMemoryBytes: Math.ceil(adapters * bytesOf(population)),
        });
      figures[population] = await throughputOf({ fleet, population, inputs, rounds, open, say });
    }
    const rate = (population: Population, run: string) =>
      figures[population]?.tokensPerSecond[run]?.median ?? Number.NaN;
    const share = (population: Population, run: string, over: string) => rate(population, run) / rate(population, over);
    return {
      ratio: share('prefix', 'distinct', 'one'),
      prefixOverBaseWithout: share('prefix', 'distinct', 'base'),
      lastBlockRatio: share('last-decoder-block', 'distinct', 'one'),
      fourTimesTheMemory: Object.fromEntries(
        Object.keys(figures).map((name) => [name, share(name as Population, 'crowded', 'fitting')]),
      ),
      ...{ base, precision, threads, rounds, resident, registered, requestsAtOnce: BATCH },
      ...{ inputTokens: INPUT_TOKENS, newTokens: NEW_TOKENS, lookup, loading, figures },
    };
  } finally {
    fleet.remove();
  }
}
