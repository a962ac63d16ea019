import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepToBase } from '../../../server/base/keep-to-base.ts';

test('a folder keeps to the base whose records it holds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-records-'));
  try {
    const runs = join(folder, 'runs');
    await keepToBase(runs, 'bart-10m-tests');
    await keepToBase(runs, 'bart-10m-tests');
    await expect(keepToBase(runs, 'smollm2-135m-tests')).rejects.toThrow(
      /holds records of bart-10m-tests: go on with --base bart-10m-tests, or name another folder/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
