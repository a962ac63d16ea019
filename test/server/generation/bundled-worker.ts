import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { once } from '../support/once.ts';
import { root } from '../support/places.ts';

/** The worker as it ships, bundled from the sources as they are now. */
export async function bundledWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'server', 'generation', 'generation-worker.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['onnxruntime-node'],
    logLevel: 'warning',
    write: false,
  });
  const content = outputFiles[0]?.contents ?? new Uint8Array();
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  // Below the checkout, so that the worker finds `onnxruntime-node` in its node_modules.
  const file = join(root, '.bespoke', 'run', 'generation-workers', hash, 'generation-worker.js');
  return once(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  });
}
