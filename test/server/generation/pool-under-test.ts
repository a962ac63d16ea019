import { dirname, join } from 'node:path';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { createGenerator, type GenerationPart, type Generator } from '../../../server/generation/generator.ts';
import { WorkerPool } from '../../../server/generation/worker-pool.ts';
import { createLog } from '../../../server/log.ts';
import { RayGenerators, type RayGeneratorsParts } from '../../../server/processes/ray-generators.ts';
import { eventually } from '../support/runs.ts';
import { temporaryFolder } from '../support/server-under-test.ts';

/** A generator whose workers are jobs. */
export interface PoolUnderTest {
  readonly generator: Generator;
  /** Where server and workers meet; it is in the arguments of each worker's process. */
  readonly folder: string;
  /** Settles when as many workers are there as were asked for. */
  all(): Promise<unknown>;
  log(): string;
}

export async function startPool({
  jobs,
  workers,
  workerFile,
  baseModelDir,
  baseModelSha256,
}: {
  readonly jobs: RayGeneratorsParts['jobs'];
  readonly workers: number;
  readonly workerFile: string;
  readonly baseModelDir: string;
  /** Default: its own. */
  readonly baseModelSha256?: string;
}): Promise<PoolUnderTest> {
  let logged = '';
  const log = createLog((line) => {
    logged += line;
  });
  const folder = join(temporaryFolder('workers'), 'generation-workers');
  const host = await RayGenerators.open({
    ...{ jobs, folder, log, program: join(dirname(workerFile), 'generation-host.js') },
    baseModelSha256: baseModelSha256 ?? (await readBaseModelFolder(baseModelDir, 'header')).sha256,
  });
  let pool: WorkerPool | undefined;
  const generator = await createGenerator({
    ...{ baseModelDir, threads: 1 },
    decoder: (options) => {
      pool = new WorkerPool({ host, workers, options, log });
      return pool;
    },
  });
  const all = () => eventually(() => (pool?.size === workers ? true : undefined), 120_000);
  return { generator, folder, all, log: () => logged };
}

export const never = () => new AbortController().signal;

export async function collect(parts: AsyncIterable<GenerationPart>): Promise<GenerationPart[]> {
  const all: GenerationPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** What a caller sees, whatever the pieces are in which the text came. */
export function shape(parts: readonly GenerationPart[]) {
  const text = parts.map((part) => (part.kind === 'delta' ? part.text : '')).join('');
  return { text, started: parts[0], rest: parts.filter(({ kind }) => kind !== 'delta').slice(1) };
}
