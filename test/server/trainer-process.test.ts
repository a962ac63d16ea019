import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { startTrainer } from '../../server/processes/trainer-process.ts';
import { endServers, temporaryFolder } from './support/server-under-test.ts';

afterAll(endServers);

test('what a trainer said before anybody listened is heard, and its output ends, also when it was ended at once', async () => {
  const folder = temporaryFolder('trainer-process');
  const python = join(folder, 'python');
  writeFileSync(python, '#!/bin/sh\necho one\necho two\nexec sleep 60\n');
  chmodSync(python, 0o755);
  const trainer = await startTrainer({ python, trainerDir: folder }, 'spec.json', join(folder, 'log'));
  await sleep(200);
  trainer.end(0);
  await sleep(200);
  const lines: string[] = [];
  for await (const line of trainer.lines) lines.push(line);
  expect(lines).toEqual(['one', 'two']);
  expect(await trainer.ended).toEqual({ code: null, signal: 'SIGKILL' });
}, 10_000);
