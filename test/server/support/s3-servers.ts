import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceError, status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import type { GenerateResponse } from '../../../proto/gen/bespoke/v1/generation.ts';
import type { Client } from './client.ts';
import { corpus, required, startRun } from './runs.ts';
import type { S3UnderTest } from './s3-under-test.ts';
import { type ServerUnderTest, startServer } from './server-under-test.ts';

/** A server on a bucket of its own, with an adapter that is active. */
export async function personalized(s3: S3UnderTest, { versioned = false, flags = [] as string[] } = {}) {
  const bucket = await s3.createBucket({ versioned });
  const server = await startServer({ flags: s3.flags(bucket, ...flags) });
  const client = server.client();
  await client.upload('repo', corpus);
  const run = await startRun(client, 'run');
  await client.watch(run.id);
  await client.activateAdapter(run.id);
  const again = () => startServer({ dataDir: server.dataDir, flags: s3.flags(bucket) });
  return { bucket, server, client, run, again };
}

/** What the active model of the repository writes. */
export async function generate(client: Client) {
  const pair = required(corpus.chunks[0]?.pairs[0]);
  const focalContext = { ...pair.focalContext, constructors: [], methods: [], fields: [], relatedTypes: [] };
  const parts: GenerateResponse['part'][] = [];
  const call = client.generate({
    ...{ repository: 'repo', model: { $case: 'active', value: {} }, candidates: 1, maxNewTokens: 16 },
    ...{ focalClass: pair.focalClass, focalMethod: pair.focalMethod, focalContext, nearestTests: [] },
    ...{ lengthPenalty: undefined, faulty: undefined },
  });
  for await (const { part } of call as AsyncIterable<GenerateResponse>) parts.push(part);
  const started = parts.find((part) => part?.$case === 'started')?.value;
  return {
    adapterId: started !== undefined && 'adapterId' in started ? started.adapterId : '',
    texts: parts.flatMap((part) => (part?.$case === 'candidate' ? [part.value.text] : [])),
  };
}

/** How a call was refused; `undefined` when it was not. */
export function refusalOf(call: Promise<unknown>): Promise<ServiceError | undefined> {
  return call.then(
    () => undefined,
    (error: ServiceError) => error,
  );
}

/** Expects UNAVAILABLE with one sentence and with the time after which to try again. */
export async function expectAway(call: Promise<unknown>): Promise<void> {
  const error = required(await refusalOf(call));
  expect([status[error.code], error.details]).toEqual([
    'UNAVAILABLE',
    "The server's object store does not answer or refuses the server: try again in a moment, what was acknowledged is kept.",
  ]);
  expect(error.metadata.get('grpc-status-details-bin')[0]?.toString('latin1')).toContain('google.rpc.RetryInfo');
}

export const repositoriesOf = (server: ServerUnderTest) => join(server.dataDir, 'repositories');

/** Tensors of adapters on the server's own disk. */
export function adaptersOn(server: ServerUnderTest): string[] {
  return readdirSync(repositoriesOf(server), { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('adapter.safetensors'));
}
