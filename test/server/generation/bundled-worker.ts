import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { once } from '../support/once.ts';
import { root } from '../support/places.ts';

/** The worker as it ships, bundled from the sources as they are now. Beside it is the program that runs it on another machine. */
export async function bundledWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['generation-worker', 'generation-host'].map((name) =>
      join(root, 'server', 'generation', `${name}.ts`),
    ),
    outdir: '.',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['onnxruntime-node'],
    logLevel: 'warning',
    write: false,
  });
  const hash = createHash('sha256');
  for (const { contents } of outputFiles) hash.update(contents);
  // Below the checkout, so that the worker finds `onnxruntime-node` in its node_modules.
  const folder = join(root, '.bespoke', 'run', 'generation-workers', hash.digest('hex').slice(0, 16));
  await once(folder, () => {
    mkdirSync(`${folder}.making`, { recursive: true });
    for (const { path, contents } of outputFiles) writeFileSync(join(`${folder}.making`, basename(path)), contents);
    renameSync(`${folder}.making`, folder);
  });
  return join(folder, 'generation-worker.js');
}
