import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { plantSecrets } from '../core/secrets/planted-secrets.ts';
import { corpus } from './support/runs.ts';
import { endServers, startServer } from './support/server-under-test.ts';

afterAll(endServers);

test('a corpus that holds a secret is refused, of 500 at least 99 %, and none is in the log or on the disk', async () => {
  const server = await startServer();
  const client = server.client();
  await client.upload('repo', corpus);
  const planted = plantSecrets(500, 8);
  const kept: string[] = [];
  for (const { kind, secret, pair } of planted) {
    const error = await client.upload('repo', makeCorpus([pair])).then(
      () => undefined,
      (thrown: ServiceError) => thrown,
    );
    if (error === undefined) kept.push(`${kind}: ${secret}`);
    else {
      expect(error.code).toBe(status.INVALID_ARGUMENT);
      expect(error.details).toMatch(
        /^The corpus seems to hold a secret \(.*, in src\/.*\.java\), so the chunk with it was not kept: take it out/,
      );
      expect(error.details).not.toContain(secret);
    }
  }
  expect(kept.length / planted.length, kept.join('\n')).toBeLessThanOrEqual(0.01);

  const isRefused = ({ kind, secret }: (typeof planted)[number]) => !kept.includes(`${kind}: ${secret}`);
  const files = readdirSync(server.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  const log = server.log();
  expect(log).toContain('corpus-kept');
  expect(planted.filter(({ secret }) => log.includes(secret))).toEqual([]);
  expect(planted.filter(isRefused).filter(({ secret }) => files.some((file) => file.includes(secret)))).toEqual([]);
});
