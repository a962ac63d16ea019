import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import { RunState } from '../../proto/gen/bespoke/v1/trainer.ts';
import { distinctPairs } from '../core/splits/make-pair.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Client } from '../server/support/client.ts';
import { getRun } from '../server/support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from '../server/support/server-under-test.ts';
import { folderWithTenants } from '../server/support/tenants.ts';
import { faultRun } from './fault-run.ts';
import { percentile } from './percentile.ts';
import { type Findings, RepositoryHistory, type Write } from './repository-history.ts';

const faults = faultRun('server-kills');
// On a busy machine everything takes its time.
const TIMEOUT_MS = faults.isLong ? 4 * faults.timeoutMs : 600_000;

const kills = faults.amount(1, 200);
const tenants = ['one', 'two', 'three'];
const writersOfATenant = faults.isLong ? 8 : 2;
/** How many calls a server answers before it is killed, at most. */
const mostCallsOfALife = faults.isLong ? 400 : 40;
const corpus = makeCorpus(distinctPairs(8, 4));
const flags = ['--tenant-requests-per-second', '1000000', '--tenant-queued-runs', '1000000', '--tenant-uploads', '64'];

afterAll(endServers);

test(
  'kill -9 of the server under load: everything acknowledged is there, nothing twice, nothing of another tenant',
  async () => {
    const { dataDir, tokens } = await folderWithTenants(tenants);
    let server = await startServer({ dataDir, flags, behaviour: 'steps=1' });
    const findings = { lost: [], doubled: [], foreign: [] } as const satisfies Findings;
    const random = new SeededRandom(3);
    // Tenants give their repositories the same names.
    const writers = tenants.flatMap((_, tenant) =>
      Array.from(
        { length: writersOfATenant },
        (_unused, at) => new Writer(tenant, `repo-${at}`, random.integer(2 ** 32)),
      ),
    );
    const recoveriesMs: number[] = [];
    const failures: string[] = [];
    let underLoadMs = 0;
    const report = () => {
      const calls = sum(writers.map((writer) => writer.calls));
      const writes = sum(writers.map((writer) => writer.writes));
      const figures = {
        ...{ kills: recoveriesMs.length, calls, acknowledgedWrites: writes },
        ...{
          callsPerSecond: Math.round((calls / underLoadMs) * 1000),
          pendingAtAKill: sum(writers.map((one) => one.pendings)),
        },
        ...{
          writesPerSecond: Math.round((writes / underLoadMs) * 1000),
          forgotten: sum(writers.map((one) => one.forgotten.length)),
        },
        ...{ lost: findings.lost.length, doubled: findings.doubled.length, foreign: findings.foreign.length },
        ...{ failures: failures.length, recoveryMedianMs: percentile(recoveriesMs, 50) },
        ...{ recoveryP95Ms: percentile(recoveriesMs, 95), recoveryMostMs: Math.max(...recoveriesMs) },
      };
      faults.report(figures);
      return figures;
    };

    for (let life = 0; ; life++) {
      const clients = tokens.map((token) => server.client(token));
      const clientOf = ({ tenant }: Writer) => clients[tenant] as Client;
      const recover = (writer: Writer) =>
        writer.recover(clientOf(writer), findings).catch((error: unknown) => failures.push(String(error)));
      await Promise.all(writers.map(recover));
      if (life === kills || failures.length + wrongs(findings) > 0) break;
      let isKilled = false;
      const startedMs = performance.now();
      let callsLeft = 5 + random.integer(mostCallsOfALife);
      let enough = () => {};
      const hadEnough = new Promise<void>((done) => {
        enough = done;
      });
      const load = Promise.all(
        writers.map(async (writer) => {
          try {
            while (!isKilled) {
              await writer.work(clientOf(writer));
              callsLeft -= 1;
              if (callsLeft === 0) enough();
            }
          } catch (error) {
            if (!isKilled) failures.push(String(error));
            enough();
          }
        }),
      );
      await hadEnough;
      // Anywhere in what is under way by then.
      await setTimeout(random.next() * 50);
      isKilled = true;
      const killedMs = performance.now();
      underLoadMs += killedMs - startedMs;
      await server.kill();
      server = await startServer({ dataDir, flags });
      await server.client(tokens[0]).getServer();
      recoveriesMs.push(Math.round(performance.now() - killedMs));
      await load;
      report();
    }
    await checkIsolation(server, tokens, writers, findings);
    const figures = report();
    expect({ ...findings, failures }).toEqual({ lost: [], doubled: [], foreign: [], failures: [] });
    expect(figures.acknowledgedWrites).toBeGreaterThan(kills);
    if (!faults.isLong) return;
    expect(figures.callsPerSecond).toBeGreaterThanOrEqual(100);
    expect(figures.recoveryMostMs).toBeLessThan(5000);
  },
  TIMEOUT_MS,
);

/** Writes to one repository after another of a tenant, and keeps their histories. */
class Writer {
  calls = 0;
  writes = 0;
  pendings = 0;
  readonly forgotten: RepositoryHistory[] = [];
  #now: RepositoryHistory;
  #requests = 0;
  readonly #random: SeededRandom;

  constructor(
    readonly tenant: number,
    private readonly name: string,
    seed: number,
  ) {
    this.#random = new SeededRandom(seed);
    this.#now = new RepositoryHistory(`${name}.0`, corpus);
  }

  get runIds(): string[] {
    return [...this.#now.runs.values()].map(({ id }) => id);
  }

  /** Makes one call. */
  async work(client: Client): Promise<void> {
    const write = await this.#next(client);
    if (write !== undefined) {
      await this.#now.write(client, write);
      this.writes += 1;
      if (write.kind === 'forget') this.#begin();
    }
    this.calls += 1;
  }

  /** What to do to a server that was started again: look at everything, then do what may not have been done. */
  async recover(client: Client, findings: Findings): Promise<void> {
    await this.#now.check(client, findings);
    for (const history of this.forgotten.slice(-2)) await history.check(client, findings);
    if (this.#now.pending !== undefined) this.pendings += 1;
    await this.#now.settle(client);
    if (this.#now.receipt !== undefined) this.#begin();
  }

  async #next(client: Client): Promise<Write | undefined> {
    if (!this.#now.uploaded) return { kind: 'upload' };
    const runs = [...this.#now.runs.values()];
    const open = runs.filter(({ ended }) => ended === undefined);
    const [one] = open.length > 0 ? [this.#random.pick(open)] : [];
    const chance = this.#random.next();
    if (chance < 0.003 && runs.length > 3) return { kind: 'forget' };
    if (chance < 0.45 || one === undefined)
      return { kind: 'start', requestId: `${this.#now.name}-${this.#requests++}` };
    if (chance < 0.8) return { kind: 'cancel', runId: one.id };
    const succeeded = runs.filter(({ ended }) => ended === RunState.RUN_STATE_SUCCEEDED);
    if (chance < 0.9 && succeeded.length > 0) return { kind: 'activate', runId: this.#random.pick(succeeded).id };
    const { state } = await getRun(client, one.id);
    if (state === RunState.RUN_STATE_SUCCEEDED) one.ended = state;
    return undefined;
  }

  #begin(): void {
    this.forgotten.push(this.#now);
    this.#now = new RepositoryHistory(`${this.name}.${this.forgotten.length}`, corpus);
  }
}

/** No tenant reaches a run of another, and what was forgotten stays so. */
async function checkIsolation(
  server: ServerUnderTest,
  tokens: readonly string[],
  writers: readonly Writer[],
  findings: Findings,
): Promise<void> {
  for (const [tenant, token] of tokens.entries()) {
    const client = server.client(token);
    for (const writer of writers) {
      if (writer.tenant === tenant) for (const history of writer.forgotten) await history.check(client, findings);
      else
        for (const id of writer.runIds.slice(0, 3))
          await client.getRun(id).then(
            () => findings.foreign.push(`Run ${id} for another tenant.`),
            () => {},
          );
    }
  }
}

const wrongs = ({ lost, doubled, foreign }: Findings) => lost.length + doubled.length + foreign.length;

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
