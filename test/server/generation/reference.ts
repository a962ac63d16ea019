import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { once } from '../support/once.ts';
import { home, trainerDir, trainerPython } from '../support/places.ts';

export const architectures = ['llama', 'qwen2', 'starcoder2', 'bart', 'plbart', 't5'] as const;
export type Architecture = (typeof architectures)[number];

/** What Hugging Face computes for one input with the base (`strategy` null) or an adapter. */
export interface ReferenceCase {
  readonly strategy: string | null;
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** [target + 1, vocabulary] */
  readonly logProbabilities: readonly (readonly number[])[];
  readonly greedy: { readonly tokens: readonly number[]; readonly logProbability: number };
  readonly beams: readonly {
    readonly width: number;
    readonly lengthPenalty: number;
    readonly earlyStopping: boolean | 'never';
    readonly tokens: readonly (readonly number[])[];
  }[];
}

/** A tiny random checkpoint of an architecture with adapters of every strategy. */
export interface Reference {
  readonly baseModelDir: string;
  adapterDir(strategy: string): string;
  readonly maxNewTokens: number;
  readonly cases: readonly ReferenceCase[];
}

/** Made once by PyTorch and Hugging Face, then kept until the code that decides its content changes. */
export async function reference(architecture: Architecture): Promise<Reference> {
  const folder = join(await allReferences(), architecture);
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Pick<
    Reference,
    'maxNewTokens' | 'cases'
  >;
  return {
    baseModelDir: join(folder, 'base'),
    adapterDir: (strategy) => join(folder, 'adapters', strategy),
    ...expected,
  };
}

const maker = fileURLToPath(new URL('make_reference.py', import.meta.url));
const trainerTests = join(trainerDir, 'tests');

async function allReferences(): Promise<string> {
  const folder = join(home, 'run', 'generation-references', sourcesHash());
  return once(folder, async () => {
    rmSync(folder, { recursive: true, force: true });
    const PYTHONPATH = [trainerDir, trainerTests].join(':');
    await promisify(execFile)(trainerPython(), [maker, folder], { env: { ...process.env, PYTHONPATH } });
  });
}

function sourcesHash(): string {
  const hash = createHash('sha256')
    .update(readFileSync(maker))
    .update(readFileSync(join(trainerTests, 'tiny_checkpoints.py')));
  const sources = readdirSync(join(trainerDir, 'bespoke_trainer'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.py$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /base_model|onnx_export|adapter_folder|tensor_file/.test(path))
    .sort();
  for (const path of sources) hash.update(path.slice(trainerDir.length)).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}
