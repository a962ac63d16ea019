import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import type { GenerateResponse } from '../../proto/gen/bespoke/v1/generation.ts';
import type { Client } from '../server/support/client.ts';
import { home, root } from '../server/support/places.ts';
import { endServers, type ServerUnderTest, startServer, temporaryFolder } from '../server/support/server-under-test.ts';
import { folderWithTenants } from '../server/support/tenants.ts';
import { faultRun } from './fault-run.ts';
import { MemoryGrowth } from './memory-growth.ts';
import { percentile } from './percentile.ts';
import { promptRequest } from './prompts.ts';
import { serverDefects } from './server-defects.ts';

const faults = faultRun('overload');
// On a busy machine everything takes its time.
const TIMEOUT_MS = faults.isLong ? faults.timeoutMs : 600_000;
const overloadSeconds = faults.amount(2, 600);
const calmSeconds = faults.isLong ? Math.min(120, overloadSeconds) : 1;
/** Others ask for less than their share: only then can a server give them what they would get alone. */
const othersPauseMs = faults.isLong ? 4000 : 50;
afterAll(endServers);

test(
  'ten times what it can do: it does nearly as much as at its best, grows no larger, and other tenants notice little',
  async () => {
    const { dataDir, tokens } = await folderWithTenants(['noisy', 'quiet', 'peaceful']);
    const server = await startServer({
      dataDir,
      // With a tiny model, requests and not their generation would be what a server is overloaded with.
      ...(faults.isLong ? { baseModelDir: join(home, 'base-model', 'smollm2-135m-tests') } : {}),
      flags: ['--generation-threads', '1', '--generation-precision', 'int8'],
    });
    const [noisyToken = '', ...others] = tokens;
    const noisy = server.client(noisyToken);
    const quiet = others.map((token) => server.client(token));
    await finish(noisy);

    const calm = await measure(calmSeconds, quiet, async () => 0);
    // A tenant keeps to its quota and uses all of it.
    const peak = await measure(calmSeconds, quiet, async (isOver) => {
      let finished = 0;
      const lane = async () => {
        while (!isOver()) {
          await finish(noisy);
          finished += 1;
        }
      };
      await Promise.all(Array.from({ length: 24 }, lane));
      return finished;
    });
    const memory = new MemoryGrowth(() => residentBytes(server));
    const offeredPerSecond = Math.ceil(10 * peak.perSecond);
    const program = await bundledNoisyTenant();
    let offered: Record<string, number> = {};
    const overload = await measure(overloadSeconds, quiet, async (isOver) => {
      const args = [program, server.address, noisyToken, String(offeredPerSecond), String(overloadSeconds)];
      const ended = promisify(execFile)(process.execPath, args);
      while (!isOver()) {
        await new Promise((next) => setTimeout(next, overloadSeconds * 10));
        memory.sample();
      }
      offered = JSON.parse((await ended).stdout) as Record<string, number>;
      return offered.finished ?? 0;
    });
    await finish(noisy);

    const percent = (part: number, whole: number) => Math.round((part / whole) * 1000) / 10;
    const figures = {
      ...{ seconds: overloadSeconds, peakPerSecond: round(peak.perSecond), offeredPerSecond, ...offered },
      goodputPerSecond: round(overload.perSecond),
      goodputPercentOfPeak: percent(overload.perSecond, peak.perSecond),
      memoryGrowthPercent: memory.percent,
      ...{ othersCalls: overload.durationsMs.length, othersFailed: overload.failed + peak.failed + calm.failed },
      ...{ othersP95AloneMs: p95(calm), othersP95AtPeakMs: p95(peak), othersP95InOverloadMs: p95(overload) },
      othersP95Percent: percent(p95(overload), p95(calm)),
    };
    faults.report(figures);
    expect(serverDefects(server)).toEqual([]);
    expect(figures).toMatchObject({ othersFailed: 0, failed: 0 });
    expect(offered.refused).toBeGreaterThan(0);
    expect(offered.finished).toBeGreaterThan(0);
    if (!faults.isLong) return;
    expect(figures.goodputPercentOfPeak).toBeGreaterThanOrEqual(90);
    expect(figures.memoryGrowthPercent).toBeLessThan(5);
    expect(figures.othersP95Percent).toBeLessThanOrEqual(120);
  },
  TIMEOUT_MS,
);

interface Measured {
  /** Streams that came to their end, of all tenants. */
  readonly perSecond: number;
  /** Of the tenants who keep to themselves. */
  readonly durationsMs: readonly number[];
  readonly failed: number;
}

/** What quiet tenants meet, each with one stream after another, while somebody else does as they please. */
async function measure(
  seconds: number,
  quiet: readonly Client[],
  other: (isOver: () => boolean) => Promise<number>,
): Promise<Measured> {
  const startedMs = performance.now();
  const isOver = () => performance.now() > startedMs + seconds * 1000;
  const durationsMs: number[] = [];
  let failed = 0;
  const lanes = quiet.map(async (client) => {
    while (!isOver()) {
      const begunMs = performance.now();
      await finish(client).then(
        () => durationsMs.push(performance.now() - begunMs),
        () => (failed += 1),
      );
      await new Promise((next) => setTimeout(next, othersPauseMs));
    }
  });
  const finished = await other(isOver);
  await Promise.all(lanes);
  const tookSeconds = (performance.now() - startedMs) / 1000;
  return { perSecond: (finished + durationsMs.length) / tookSeconds, durationsMs, failed };
}

async function finish(client: Client): Promise<void> {
  const stream = client.generate(promptRequest(0, { maxNewTokens: 96 })) as AsyncIterable<GenerateResponse>;
  for await (const { part } of stream) if (part?.$case === 'finished') return;
  throw new Error('A stream without its end.');
}

async function bundledNoisyTenant(): Promise<string> {
  const outfile = join(temporaryFolder('noisy'), 'noisy-tenant.cjs');
  mkdirSync(dirname(outfile), { recursive: true });
  const entryPoints = [join(root, 'test', 'faults', 'noisy-tenant.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
  return outfile;
}

const round = (value: number) => Math.round(value * 10) / 10;
const p95 = ({ durationsMs }: Measured) => round(percentile(durationsMs, 95));

function residentBytes(server: ServerUnderTest): number {
  return Number(readFileSync(`/proc/${server.process.pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}
