import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGenerator, type Generator } from '../../server/generation/generator.ts';
import { bundledWorker } from '../server/generation/bundled-worker.ts';
import { tinyBaseModel } from '../server/support/tiny-base-model.ts';
import { prompts } from './prompts.ts';

/** A candidate. Its probability tells models apart whose texts are alike, as those of tiny models may be. */
export interface Written {
  readonly text: string;
  readonly logProbability: number;
}
export type Answer = readonly Written[];

/** Whether two answers are one model's; sums that were made in another order differ a little. */
export function areSame(one: Answer, other: Answer): boolean {
  return (
    one.length === other.length &&
    one.every(({ text, logProbability }, at) => {
      const beside = other[at];
      return beside?.text === text && Math.abs(beside.logProbability - logProbability) < 0.001;
    })
  );
}

/** What a model writes when it is alone: one request at a time, one tenant, and no other adapter in memory. */
export class SingleTenantOracle {
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly generator: Generator) {}

  static async open(): Promise<SingleTenantOracle> {
    const workerFile = await bundledWorker();
    const baseModelDir = await tinyBaseModel();
    return new SingleTenantOracle(
      await createGenerator({ baseModelDir, threads: 1, workerFile, sessionMemoryBytes: 0 }),
    );
  }

  /** The candidates for each prompt, by the base or by an adapter of a server's data folder. */
  async answers(adapterId: string | undefined, dataDir: string): Promise<readonly Answer[]> {
    const adapter = adapterId === undefined ? null : { id: adapterId, folder: adapterFolder(dataDir, adapterId) };
    const asked = this.#last.then(async () => {
      const answers: Answer[] = [];
      for (const prompt of prompts) {
        const written: Written[] = [];
        const request = { ...prompt, adapter, tenantId: 'alone', beam: null, faulty: null };
        for await (const part of this.generator.generate(request, new AbortController().signal))
          if (part.kind === 'candidate') written.push(part.candidate);
        answers.push(written);
      }
      return answers;
    });
    this.#last = asked.catch(() => {});
    return asked;
  }

  close(): Promise<void> {
    return this.generator.close();
  }
}

function adapterFolder(dataDir: string, adapterId: string): string {
  const repositories = join(dataDir, 'repositories');
  for (const repository of readdirSync(repositories)) {
    const adapters = join(repositories, repository, 'adapters');
    if (readdirSync(join(repositories, repository)).includes('adapters') && readdirSync(adapters).includes(adapterId))
      return join(adapters, adapterId);
  }
  throw new Error(`There is no folder of the adapter ${adapterId}.`);
}
