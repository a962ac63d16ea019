import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { once } from './once.ts';
import { home, trainerDir, trainerPython } from './places.ts';

const maker = fileURLToPath(new URL('make_tiny_checkpoint.py', import.meta.url));

/** A real base-model folder with a tiny random Llama, built by the trainer's own code; kept until that code changes. */
export async function tinyBaseModel(): Promise<string> {
  const at = join(home, 'run', 'tiny-base-models', sourcesHash());
  return once(join(at, 'base'), async () => {
    const checkpoint = join(at, 'checkpoint');
    rmSync(checkpoint, { recursive: true, force: true });
    await python([maker, checkpoint]);
    await python([
      ...['-m', 'bespoke_trainer.base_model', '--checkpoint', checkpoint, '--out', join(at, 'base')],
      ...['--name', 'tiny-llama', '--license', 'Apache-2.0'],
    ]);
  });
}

async function python(args: readonly string[]): Promise<void> {
  await promisify(execFile)(trainerPython(), args, { env: { ...process.env, PYTHONPATH: trainerDir } });
}

/** Hash of all code that decides what the folder holds. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(maker));
  const sources = readdirSync(join(trainerDir, 'bespoke_trainer'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.py$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /base_model|onnx_export|tensor_file|families/.test(path))
    .sort();
  for (const path of sources) hash.update(path.slice(trainerDir.length)).update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}
