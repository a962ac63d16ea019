import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaseModelFolder, readBaseModelFolder } from '../server/base-model/base-model-folder.ts';
import { createGenerator, type Generator, type GeneratorOptions } from '../server/generation/generator.ts';
import type { SeededRandom } from '../test/seeded-random.ts';
import { AdapterMaker, type MadeStrategy, madeStrategies } from '../test/server/support/made-adapters.ts';
import { root } from '../test/server/support/places.ts';

/** What the repositories' adapters are. */
export type Population = MadeStrategy | 'mixed';

/** A repository of a tenant of its own. */
export interface FleetRepository {
  readonly tenantId: string;
  readonly adapter: { readonly id: string; readonly folder: string };
}

/** Many repositories of one base, with an adapter each that nothing was trained for. `remove` it: it takes gigabytes. */
export class Fleet {
  private constructor(
    readonly base: BaseModelFolder,
    readonly size: number,
    private readonly folder: string,
  ) {}

  static async make(
    baseModelDir: string,
    size: number,
    strategies: readonly MadeStrategy[] = madeStrategies,
  ): Promise<Fleet> {
    const base = await readBaseModelFolder(baseModelDir);
    const fleet = new Fleet(base, size, mkdtempSync(join(tmpdir(), 'bespoke-bench-tenants-')));
    const maker = await AdapterMaker.open(base);
    for (const strategy of strategies)
      for (let at = 0; at < size; at++) maker.write(fleet.repository(strategy, at).adapter.folder, strategy, at);
    return fleet;
  }

  repository(population: Population, at: number): FleetRepository {
    const strategy = population === 'mixed' ? (madeStrategies[at % madeStrategies.length] ?? 'prefix') : population;
    const id = `${strategy}-${at % this.size}`;
    return { tenantId: `tenant of ${id}`, adapter: { id, folder: join(this.folder, id) } };
  }

  generator(options: Pick<GeneratorOptions, 'threads' | 'precision' | 'sessionMemoryBytes' | 'maxConcurrentRequests'>) {
    const workerFile = join(root, 'dist', 'generation-worker.js');
    return createGenerator({ ...options, baseModelDir: this.base.path, workerFile });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Draws from 0 to below `size`: the second half as often as the first, the third a third as often. */
export function zipfDraw(random: SeededRandom, size: number): () => number {
  let sum = 0;
  const sums = Float64Array.from({ length: size }, (_, rank) => {
    sum += 1 / (rank + 1);
    return sum;
  });
  return () => {
    const drawn = random.next() * sum;
    return sums.findIndex((upTo) => drawn < upTo);
  };
}

export interface Written {
  readonly seconds: number;
  readonly outputs: readonly (readonly number[])[];
}

/** Writes one test for each repository, all at once; `null` is the base. */
export async function writeTogether(
  generator: Generator,
  repositories: readonly (FleetRepository | null)[],
  inputs: readonly (readonly number[])[],
  maxNewTokens: number,
): Promise<Written> {
  const startedMs = performance.now();
  const outputs = await Promise.all(
    repositories.map(async (repository, at) => {
      const whose = { tenantId: repository?.tenantId ?? 'one tenant', adapter: repository?.adapter ?? null };
      const how = { candidates: 1, beam: null, maxNewTokens, atEndOfMethod: false };
      const request = { ...whose, ...how, tokens: inputs[at % inputs.length] ?? [] };
      for await (const part of generator.generateFromTokens(request, new AbortController().signal))
        if (part.kind === 'candidate') return part.tokens;
      throw new Error('The generator wrote nothing.');
    }),
  );
  return { seconds: (performance.now() - startedMs) / 1000, outputs };
}
