import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { readAdapterFolder } from '../../server/adapters/adapter-folder.ts';
import { readBaseModelFolder } from '../../server/base-model/base-model-folder.ts';
import { reference } from '../server/generation/reference.ts';
import { trainerDir, trainerPython } from '../server/support/places.ts';
import { faultRun } from './fault-run.ts';

const run = faultRun('adapter-save');
const script = join(import.meta.dirname, 'save_with_faults.py');

interface Attempt {
  readonly fault: string;
  readonly step: number;
  readonly steps: number;
  readonly folder: string;
  /** Whether the adapter was there after the fault already. */
  readonly left: boolean;
}

test(
  'a fault at any step of saving an adapter leaves it whole or not there, and the next saving is none the worse',
  async () => {
    const { baseModelDir, adapterDir } = await reference('llama');
    const base = await readBaseModelFolder(baseModelDir);
    const out = mkdtempSync(join(tmpdir(), 'bespoke-saving-'));
    const args = [script, out, adapterDir('last-decoder-block'), String(run.isLong ? 1 : 9)];
    const { stdout } = await promisify(execFile)(trainerPython(), args, {
      env: { ...process.env, PYTHONPATH: trainerDir, OMP_NUM_THREADS: '1' },
      maxBuffer: 1 << 26,
    });
    const attempts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Attempt);
    const whole = contentOf(join(out, 'whole'));
    const broken: string[] = [];
    for (const { fault, step, folder } of attempts) {
      const message = await readAdapterFolder(folder, base).then(
        () => (contentOf(folder) === whole ? '' : 'it is another adapter'),
        (error: Error) => error.message,
      );
      if (message !== '') broken.push(`${fault} at step ${step}: ${message}`);
    }
    const remains = readdirSync(out).filter((name) => name.startsWith('.'));
    rmSync(out, { recursive: true });
    const [steps = 0] = attempts.map((attempt) => attempt.steps);
    run.report({
      steps,
      attempts: attempts.length,
      left: attempts.filter(({ left }) => left).length,
      broken: broken.length,
    });
    expect(new Set(attempts.map(({ fault }) => fault)).size).toBe(5);
    expect(steps).toBeGreaterThanOrEqual(20);
    expect(attempts.filter(({ left }) => !left).length).toBeGreaterThan(attempts.length / 2);
    expect(broken).toEqual([]);
    expect(remains).toEqual([]);
  },
  run.timeoutMs,
);

function contentOf(folder: string): string {
  expect(existsSync(folder)).toBe(true);
  return readdirSync(folder)
    .sort()
    .map((name) => `${name}:${readFileSync(join(folder, name), 'base64')}`)
    .join('\n');
}
