import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { distinctPairs } from '../core/splits/make-pair.ts';
import { SeededRandom } from '../seeded-random.ts';
import { endServers, startServer } from '../server/support/server-under-test.ts';
import { folderWithTenants } from '../server/support/tenants.ts';
import { faultRun } from './fault-run.ts';
import { InterleavedTenant } from './interleaved-tenant.ts';
import { serverDefects } from './server-defects.ts';
import { SingleTenantOracle } from './single-tenant-oracle.ts';

const faults = faultRun('interleavings');
// On a busy machine everything takes its time.
const TIMEOUT_MS = faults.isLong ? 4 * faults.timeoutMs : 600_000;
const wanted = faults.amount(12, 10_000);
const tenantCount = faults.isLong ? 50 : 3;
const most = { tenants: 5, generations: 4, delayMs: 20 };
const corpus = makeCorpus(distinctPairs(6, 4));
// The smallest memory: a few of the adapters fit.
const flags = [
  ...['--adapter-memory-mib', '1', '--generation-precision', 'float32', '--generation-threads', '1', '--max-runs', '2'],
  ...['--tenant-requests-per-second', '1000000'],
];

afterAll(endServers);

test(
  'train, load, generate, evict and erase in any order: each tenant gets what it would get alone, and nothing that was erased',
  async () => {
    const names = Array.from({ length: tenantCount }, (_, at) => `tenant-${at}`);
    const { dataDir, tokens } = await folderWithTenants(names);
    const [oracle, server] = await Promise.all([
      SingleTenantOracle.open(),
      startServer({ dataDir, flags, behaviour: 'steps=1,step_seconds=0,distinct' }),
    ]);
    const base = { id: '', answers: await oracle.answers(undefined, dataDir) };
    const wrong: string[] = [];
    const tenants = tokens.map(
      (token, at) => new InterleavedTenant(names[at] ?? '', server.client(token), dataDir, corpus, base, oracle, wrong),
    );
    const report = (interleavings: number) => {
      const figures: Record<string, number> = { interleavings, tenants: tenantCount, wrong: wrong.length };
      for (const { done } of tenants)
        for (const [what, count] of Object.entries(done)) figures[what] = (figures[what] ?? 0) + count;
      faults.report(figures);
      return figures;
    };
    await Promise.all(tenants.map((tenant) => tenant.begin()));
    for (let seed = 0; seed < wanted && wrong.length === 0; seed++) {
      const random = new SeededRandom(seed);
      const chosen = new Set(Array.from({ length: 1 + random.integer(most.tenants) }, () => random.pick(tenants)));
      /** Draws from a seed of its own, so that what it does depends on nothing but the interleaving's seed. */
      const later = async (act: (own: SeededRandom) => Promise<void>) => {
        const own = new SeededRandom(random.integer(2 ** 32));
        await setTimeout(own.next() * most.delayMs);
        await act(own).catch((error: unknown) => wrong.push(String(error)));
      };
      await Promise.all(
        [...chosen].flatMap((tenant) => [
          ...(random.next() < 0.3 ? [later((own) => tenant.change(own))] : []),
          ...Array.from({ length: random.integer(most.generations + 1) }, () =>
            later((own) => (own.next() < 0.15 ? tenant.abandon(own) : tenant.generate(own))),
          ),
        ]),
      );
      if (seed % 50 === 0) report(seed + 1);
    }
    const figures = report(wanted);
    await oracle.close();
    expect([...wrong, ...serverDefects(server)]).toEqual([]);
    for (const what of ['generated', 'trained', 'activated']) expect(figures[what]).toBeGreaterThan(0);
    if (faults.isLong) expect(figures.erased).toBeGreaterThan(wanted / 100);
  },
  TIMEOUT_MS,
);
