import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import type { TrainingExample } from '../core/model-input/training-example.ts';
import { baseModelDirOf, pythonOf } from '../extension/local-server/layout.ts';
import { home, root } from '../test/server/support/places.ts';

/**
 * Personalizes embeddings and output layer on these examples with the real trainer, one epoch. Made once for a base and examples, then
 * kept. Returns the adapter's folder.
 */
export function embeddingsOutputAdapter(
  base: EmbeddedBase,
  baseModelSha256: string,
  examples: readonly TrainingExample[],
): string {
  // The reader wants examples to validate on.
  const lines = examples.map((example, at) =>
    JSON.stringify({ ...example, split: at % 8 === 0 ? 'validation' : 'train' }),
  );
  const content = lines.join('\n');
  const hash = createHash('sha256').update(baseModelSha256).update(content).digest('hex');
  const work = join(home, 'benchmark-models', `split-${base}-${hash.slice(0, 16)}`);
  const adapterDir = join(work, 'adapter');
  if (existsSync(adapterDir)) return adapterDir;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const [examplesFile, specFile] = [join(work, 'examples.jsonl'), join(work, 'spec.json')];
  writeFileSync(examplesFile, `${content}\n`);
  const spec = {
    ...{ runId: 'split-serving', baseModelDir: baseModelDirOf(home, base), examplesFile, adapterDir },
    ...{ workDir: join(work, 'run'), strategy: 'STRATEGY_EMBEDDINGS_OUTPUT', corpusSha256: '0'.repeat(64) },
    options: { seed: 0, maxEpochs: 1 },
  };
  writeFileSync(specFile, JSON.stringify(spec));
  mkdirSync(spec.workDir);
  const { status, stdout } = spawnSync(pythonOf(home), ['-m', 'bespoke_trainer', specFile], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: join(root, 'server', 'trainer') },
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`The trainer ended with ${status}: ${stdout.split('\n').at(-2) ?? ''}`);
  return adapterDir;
}
