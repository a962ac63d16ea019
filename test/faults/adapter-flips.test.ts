import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAdapterFolder } from '../../server/adapters/adapter-folder.ts';
import { readBaseModelFolder } from '../../server/base-model/base-model-folder.ts';
import { sealManifest } from '../../server/tensors/checked-folder.ts';
import { SeededRandom } from '../seeded-random.ts';
import { reference } from '../server/generation/reference.ts';
import { faultRun } from './fault-run.ts';

const run = faultRun('adapter-flips');

/** Every file of the folder has its share, whatever its size: a large one must not hide a small one. */
test(
  'every bit that a disk changes in an adapter folder is noticed',
  async () => {
    const { baseModelDir, adapterDir } = await reference('llama');
    const base = await readBaseModelFolder(baseModelDir);
    const random = new SeededRandom(3);
    const flips = run.amount(300, 10_000);
    const unnoticed: string[] = [];
    for (const strategy of ['prefix', 'last-decoder-block']) {
      const folder = mkdtempSync(join(tmpdir(), 'bespoke-flips-'));
      cpSync(adapterDir(strategy), folder, { recursive: true });
      const { sha256 } = await readAdapterFolder(folder, base);
      await sealManifest(folder, sha256);
      const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
      expect([...files.keys()].sort()).toEqual(['adapter.safetensors', 'manifest.json', 'manifest.sha256']);
      for (let left = flips / 2; left > 0; left--) {
        const [name, bytes] = random.pick([...files]);
        const bit = random.integer(8 * bytes.length);
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        writeFileSync(join(folder, name), flipped);
        const outcome = await readAdapterFolder(folder, base).then(
          () => 'read',
          (error: Error) => error.message,
        );
        if (!/^The adapter folder was refused, .+: personalize again\.$/s.test(outcome))
          unnoticed.push(`bit ${bit} of ${name}: ${outcome}`);
        writeFileSync(join(folder, name), bytes);
      }
      // Whole again, it is read.
      expect((await readAdapterFolder(folder, base)).sha256).toBe(sha256);
      rmSync(folder, { recursive: true });
    }
    run.report({ flips, unnoticed: unnoticed.length });
    expect(unnoticed).toEqual([]);
  },
  run.timeoutMs,
);
