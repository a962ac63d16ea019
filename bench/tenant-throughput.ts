import { bestPrecision } from '../server/generation/best-precision.ts';
import type { Generator } from '../server/generation/generator.ts';
import type { Precision } from '../server/generation/graph-description.ts';
import { SeededRandom } from '../test/seeded-random.ts';
import { percentile } from './percentile.ts';
import { type Fleet, type FleetRepository, type Population, writeTogether, zipfDraw } from './tenant-fleet.ts';

/** Requests at once. */
export const BATCH = 64;
/** Enough for all requests of a batch to be decoded together for a while: they are read one after the other. */
export const NEW_TOKENS = 128;
/** Requests that are written beside each other and alone. */
const CHECKED = 16;
const CHECKED_TOKENS = 64;
const WORKING_SET_OVER_CACHE = 4;

export interface Rate {
  readonly median: number | null;
  readonly lowest: number;
  readonly highest: number;
}

export interface PopulationFigures {
  /**
   * Of 16 requests of distinct repositories, those that are written otherwise alone. In eight bits a sum's last bit may round an activation
   * to its neighbour, and what nothing was trained for is often torn between two tokens; in fp32 none may be.
   */
  readonly unlikeAlone: { readonly int8: number; readonly float32: number };
  /**
   * Of a whole batch, its inputs included. `one`: one repository, or one of each kind; `distinct`: as many as requests; `even` and `zipf`: of
   * all repositories; `fitting` and `crowded`: of as many in turn as there is memory for, and of four times as many.
   */
  readonly tokensPerSecond: Readonly<Record<string, Rate>>;
}

export interface Place {
  readonly fleet: Fleet;
  readonly population: Population;
  readonly inputs: readonly (readonly number[])[];
  readonly rounds: number;
  /** A generator with memory for so many adapters, and for as many requests at once as a batch has. */
  readonly open: (adapters: number, precision: Precision) => Promise<Generator>;
  readonly say: (line: string) => void;
}

/** Writes batches whose repositories are chosen in different ways, interleaved. */
export async function throughputOf(place: Place): Promise<PopulationFigures> {
  const { fleet, population, open } = place;
  const repository = (at: number) => fleet.repository(population, at);
  const rates = new Rates(place);
  const precision = bestPrecision();
  await using(open(fleet.size, precision), async (generator) => {
    const all = Array.from({ length: fleet.size }, (_, at) => repository(at));
    // A token each, so that all adapters are in memory.
    await writeTogether(generator, all, [[1, 2, 3]], 1);
    const draw = zipfDraw(new SeededRandom(3), fleet.size);
    const kinds = population === 'mixed' ? 2 : 1;
    await rates.measure(generator, {
      ...(population === 'prefix' ? { base: () => null } : {}),
      one: (at) => repository(at % kinds),
      distinct: repository,
      even: inTurn(repository),
      zipf: () => repository(draw()),
    });
  });
  const fitting = Math.floor(fleet.size / WORKING_SET_OVER_CACHE);
  await using(open(fitting, precision), (generator) =>
    rates.measure(generator, {
      fitting: inTurn((at) => repository(at % fitting)),
      crowded: inTurn(repository),
    }),
  );
  const unlike = (one: Precision) => using(open(CHECKED, one), (generator) => unlikeAlone(generator, place));
  const unlikeOf = { int8: await unlike('int8'), float32: await unlike('float32') };
  return { unlikeAlone: unlikeOf, tokensPerSecond: rates.all };
}

async function using<T>(opening: Promise<Generator>, work: (generator: Generator) => Promise<T>): Promise<T> {
  const generator = await opening;
  try {
    return await work(generator);
  } finally {
    await generator.close();
  }
}

/** Goes on with the next batch where the one before it ended. */
function inTurn(repository: (at: number) => FleetRepository): () => FleetRepository {
  let next = 0;
  return () => repository(next++);
}

class Rates {
  readonly #rates: Record<string, number[]> = {};

  constructor(private readonly place: Place) {}

  /** One batch of each run a round. */
  async measure(
    generator: Generator,
    runs: Readonly<Record<string, (at: number) => FleetRepository | null>>,
  ): Promise<void> {
    const { inputs, rounds, population, say } = this.place;
    for (let round = 0; round < rounds; round++)
      for (const [name, repository] of Object.entries(runs)) {
        const batch = Array.from({ length: BATCH }, (_, at) => repository(at));
        const { seconds, outputs } = await writeTogether(generator, batch, inputs, NEW_TOKENS);
        const rate = outputs.reduce((sum, { length }) => sum + length, 0) / seconds;
        this.#rates[name] = [...(this.#rates[name] ?? []), rate];
        say(`${population}, ${name}: ${rate.toFixed(1)} tokens/s`);
      }
  }

  get all(): Record<string, Rate> {
    return Object.fromEntries(
      Object.entries(this.#rates).map(([name, rates]) => [
        name,
        { median: percentile(rates, 0.5), lowest: Math.min(...rates), highest: Math.max(...rates) },
      ]),
    );
  }
}

/** How many of some requests of distinct repositories write something else beside each other than alone. */
async function unlikeAlone(generator: Generator, { fleet, population, inputs }: Place): Promise<number> {
  const repositories = Array.from({ length: CHECKED }, (_, at) => fleet.repository(population, at));
  const together = await writeTogether(generator, repositories, inputs, CHECKED_TOKENS);
  let found = 0;
  for (const [at, repository] of repositories.entries()) {
    const own = [inputs[at % inputs.length] ?? []];
    const alone = await writeTogether(generator, [repository], own, CHECKED_TOKENS);
    if (String(alone.outputs[0]) !== String(together.outputs[at])) found += 1;
  }
  return found;
}
