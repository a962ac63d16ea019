import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PackError } from '../../extension/packs/pack-error.ts';
import { checkPack } from '../../extension/packs/pack-file.ts';
import { readAdapterFolder } from '../../server/adapters/adapter-folder.ts';
import { readBaseModelFolder } from '../../server/base-model/base-model-folder.ts';
import { BespokeError } from '../../server/errors.ts';
import { SeededRandom } from '../seeded-random.ts';
import { reference } from '../server/generation/reference.ts';
import { faultRun } from './fault-run.ts';
import { hostileFolders } from './hostile-model-files.ts';
import { hostilePacks } from './hostile-packs.ts';
import { MemoryGrowth } from './memory-growth.ts';

const run = faultRun('model-files');
/** Of processor time: a busy machine makes nothing hang. */
const longestMs = 1_000;
/** What a user reads: one sentence that names the cause and the next step. */
const sentence = /^The (adapter folder|base-model folder|model pack .*) was refused, .+: .+\.$/s;

test(
  'hostile model files are refused with a sentence, quickly, and none is read',
  async () => {
    const { baseModelDir, adapterDir } = await reference('llama');
    const base = await readBaseModelFolder(baseModelDir);
    const scratch = mkdtempSync(join(tmpdir(), 'bespoke-hostile-'));
    const [accepted, odd, hangs]: [string[], string[], string[]] = [[], [], []];
    // Each reader's own: another one begins with code and caches of its own.
    const growths: number[] = [];
    let memory = new MemoryGrowth();
    let inPhase = 0;
    const beginPhase = () => {
      memory = new MemoryGrowth();
      inPhase = 0;
    };
    let [files, slowestMs] = [0, 0];
    const attempt = async (name: string, read: () => Promise<unknown>, mayBeRead = false) => {
      const started = process.cpuUsage();
      try {
        await read();
        if (!mayBeRead) accepted.push(name);
      } catch (error) {
        const isTold = error instanceof BespokeError || error instanceof PackError;
        if (!isTold || !sentence.test(error.message)) odd.push(`${name}: ${error}`);
        // A defect behind a sentence is told to nobody.
        const cause = error instanceof Error ? error.cause : undefined;
        if (cause instanceof TypeError || cause instanceof RangeError) odd.push(`${name}: ${cause.stack}`);
      }
      const { user, system } = process.cpuUsage(started);
      const tookMs = (user + system) / 1000;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > longestMs) hangs.push(`${name}: ${tookMs.toFixed(0)} ms`);
      files += 1;
      inPhase += 1;
      // By then every kind was there once.
      if (inPhase > 200 && inPhase % 5 === 0) memory.sample();
    };

    const random = new SeededRandom(11);
    const [count, packs] = [run.amount(200, 600), run.amount(60, 600)];
    const readers = {
      'adapter.safetensors': {
        from: adapterDir('last-decoder-block'),
        read: (at: string) => readAdapterFolder(at, base),
        fields: ['strategy', 'family', 'baseModelSha256', 'files', 'tensors', 'prefixLength', 'memorization'],
      },
      'model.safetensors': {
        from: baseModelDir,
        read: (at: string) => readBaseModelFolder(at),
        fields: ['family', 'files', 'vocabulary', 'tokens', 'attention', 'blocks', 'maxInputTokens'],
      },
    };
    for (const [tensorFile, { from, read, fields }] of Object.entries(readers)) {
      for (const { name, spoil, mayBeRead = false } of hostileFolders(tensorFile, fields, count, random)) {
        const folder = join(scratch, 'folder');
        cpSync(from, folder, { recursive: true });
        spoil(folder);
        await attempt(`${tensorFile}, ${name}`, () => read(folder), mayBeRead);
        rmSync(folder, { recursive: true });
      }
      growths.push(memory.percent);
      beginPhase();
    }
    const packFile = join(scratch, 'hostile.bespoke-model');
    const packed = readFileSync(join(adapterDir('prefix'), 'adapter.safetensors'));
    for await (const { name, bytes, readsAs } of hostilePacks(packed, packs, random)) {
      writeFileSync(packFile, bytes);
      const read = async () => {
        const { description } = await checkPack(packFile);
        if (readsAs !== null) expect(description).toEqual(readsAs);
      };
      await attempt(`pack, ${name}`, read, readsAs !== null);
    }
    growths.push(memory.percent);
    rmSync(scratch, { recursive: true });

    console.log(
      [...new Set(accepted)].map((one) => `accepted: ${one}`).join('\n'),
      [...odd, ...hangs].slice(0, 20).join('\n'),
    );
    run.report({
      ...{ files, accepted: accepted.length, crashes: odd.length, hangs: hangs.length },
      ...{ slowestMs: Math.round(slowestMs), memoryGrowthPercent: Math.max(...growths) },
    });
    expect([accepted.length, odd.length, hangs.length]).toEqual([0, 0, 0]);
    if (run.isLong) expect(Math.max(...growths)).toBeLessThan(5);
  },
  run.timeoutMs,
);
