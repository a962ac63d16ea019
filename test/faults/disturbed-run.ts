import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../proto/gen/bespoke/v1/trainer.ts';
import { required } from '../server/support/runs.ts';
import type { ServerUnderTest } from '../server/support/server-under-test.ts';

/** A line of the server's log that belongs to a run. */
export interface LogLine {
  readonly event: string;
  readonly runId: string;
  readonly pid?: number;
  readonly signal?: string | null;
  readonly deathsWithoutProgress?: number;
}

/** What the server logged of an event of a run. */
export function logged(server: ServerUnderTest, event: string, runId: string): LogLine[] {
  return server
    .log()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}","runId":"${runId}"`) && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** How many steps a trainer did that one before it had told already. */
export function mostStepsRedone(events: readonly RunEvent[]): number {
  let [last, most] = [0, 0];
  for (const { event } of events) {
    if (event?.$case !== 'trainingProgress') continue;
    most = Math.max(most, last - event.value.step + 1);
    last = event.value.step;
  }
  return most;
}

/** SHA-256 of the adapter's tensors, which its manifest names. */
export function tensorsHash(server: ServerUnderTest, adapterId: string): string {
  return manifestOf(server, adapterId).files['adapter.safetensors'].sha256;
}

/** What is read here of an adapter's manifest. */
interface Manifest {
  readonly files: { readonly 'adapter.safetensors': { readonly sha256: string } };
  readonly memorization: {
    readonly pairs: number;
    readonly tokens: number;
    readonly personalized: GivenBack;
    readonly base: GivenBack;
  };
}
interface GivenBack {
  readonly verbatim: number;
  readonly longestRun: number;
  readonly tokensRight: number;
}

/** The manifest of an adapter that the server keeps. */
export function manifestOf(server: ServerUnderTest, adapterId: string): Manifest {
  const repositories = join(server.dataDir, 'repositories');
  const path = readdirSync(repositories)
    .map((repository) => join(repositories, repository, 'adapters', adapterId, 'manifest.json'))
    .find((one) => existsSync(one));
  return JSON.parse(readFileSync(required(path), 'utf8')) as Manifest;
}
