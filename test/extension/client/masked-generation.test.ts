import { expect, test } from 'vitest';
import type { Connection } from '../../../extension/client/connection.ts';
import { generate } from '../../../extension/client/generation.ts';
import type { GenerateRequest } from '../../../proto/gen/bespoke/v1/generation.ts';
import { plantSecrets } from '../../core/secrets/planted-secrets.ts';

/** Stands in for the connection: keeps what would be sent. */
function recordingConnection(sent: GenerateRequest[]): Connection {
  const serverStream = (_method: unknown, request: GenerateRequest) => {
    sent.push(request);
    return [];
  };
  return { serverStream } as unknown as Connection;
}

test('what a test is written from leaves without its secrets', async () => {
  const sent: GenerateRequest[] = [];
  const planted = plantSecrets(99, 9);
  for (const { pair } of planted) {
    const { focalClass, focalMethod, focalContext, testSource } = pair;
    const nearest = { focalClass, focalMethodSource: focalContext.method, testSource };
    const request = { repository: 'repo', model: { kind: 'base' }, candidates: 1, nearestTests: [nearest] } as const;
    const parts = generate(recordingConnection(sent), { ...request, focalClass, focalMethod, focalContext });
    for await (const part of parts) expect(part).toBeUndefined();
  }
  const leaked = planted.filter(({ secret }, at) =>
    JSON.stringify(sent[at]).includes(JSON.stringify(secret).slice(1, -1)),
  );
  expect(sent).toHaveLength(99);
  expect(leaked.map(({ kind }) => kind)).toEqual([]);
  expect(sent[0]?.focalContext?.classDeclaration).toBe('public class Gateway0');
});
