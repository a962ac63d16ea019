import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import { NEAREST_TESTS_OFFERED } from '../core/model-input/nearest-tests.ts';
import { samplePairs } from '../core/splits/sample-pairs.ts';
import { personalizeRepository } from '../extension/cli/start/personalize-repository.ts';
import { Stages } from '../extension/cli/start/stages.ts';
import { UnfinishedStart } from '../extension/cli/start/unfinished-start.ts';
import { Connection } from '../extension/client/connection.ts';
import type { Proof, RunEvent } from '../extension/client/run.ts';
import { layoutOf } from '../extension/local-server/layout.ts';
import { LocalServer } from '../extension/local-server/local-server.ts';
import { mineRepository } from '../extension/workspace/mine-repository.ts';
import { repositoriesOf } from '../server/experiment/repository.ts';
import { home, root } from '../test/server/support/places.ts';
import { basesOf } from './base-models.ts';
import { percentile } from './percentile.ts';
import { type TestTimes, timesOfTests } from './time-tests.ts';

export const options = {
  /** A Java project; when left out, two published libraries that no base was tuned on. */
  workspace: { type: 'string' },
  pairs: { type: 'string', default: '1000' },
  /** Methods that tests are written for. */
  tests: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '5' },
  /** When left out: all that come with Bespoke. */
  base: { type: 'string' },
} as const;

interface Given {
  readonly workspace?: string | undefined;
  readonly pairs: string;
  readonly tests: string;
  readonly rounds: string;
  readonly base?: string | undefined;
}

/** Together they have about 1,500 pairs; none of those that are kept for evaluation has as many as are wanted. */
const LIBRARIES = ['org.apache.commons:commons-text:1.11.0', 'org.apache.datasketches:datasketches-java:4.2.0'];
/** As `bespoke start` holds out where nobody says otherwise. */
const HELD_OUT_PAIRS = 30;

/**
 * What a user waits for, with the client's own code, the local server in a process of its own and the strategy that `auto` picks: from
 * *Personalize* to an active personalized model (mining, the server's start, upload, probes, training, the loss on held-out pairs that
 * decides, activation), then from *Generate Test* to a checked candidate, for methods whose tests were held out. Every round begins with
 * nothing, interleaved over the bases. Mining runs on one thread here, where the editor takes one for each free core.
 */
export default async function measure(given: Given, say: (line: string) => void): Promise<object> {
  const bases = basesOf(given.base);
  const workspace = await workspaceOf(given.workspace);
  const rounds: Record<string, Round[]> = {};
  for (let round = 0; round < Number(given.rounds); round++)
    for (const base of bases) {
      const done = await oneRound(base, workspace, Number(given.pairs), Number(given.tests), say);
      say(`${base}: ${JSON.stringify(done)}`);
      rounds[base] = [...(rounds[base] ?? []), done];
    }
  return {
    ...{ pairs: Number(given.pairs), rounds: Number(given.rounds), threads: availableParallelism() },
    bases: Object.fromEntries(Object.entries(rounds).map(([base, all]) => [base, summary(all)])),
  };
}

async function workspaceOf(named: string | undefined): Promise<string> {
  if (named !== undefined) return resolve(named);
  const folder = join(home, 'benchmark-libraries', 'end-to-end');
  const { signal } = new AbortController();
  for (const library of await repositoriesOf(LIBRARIES, folder)) await library.workspace(signal);
  return folder;
}

interface Round {
  readonly personalizeSeconds: number;
  /** Of the above: mining, starting the server, and the run with its upload. */
  readonly parts: Readonly<Record<string, number>>;
  /** Of the run, by what the server called its stages. */
  readonly stages: Readonly<Record<string, number>>;
  readonly strategy: string;
  readonly trainPairs: number;
  readonly isActive: boolean;
  readonly heldOut: readonly {
    readonly split: string;
    readonly base: number | null;
    readonly personalized: number | null;
  }[];
  readonly tests: TestTimes;
}

async function oneRound(
  base: EmbeddedBase,
  workspace: string,
  mostPairs: number,
  tests: number,
  say: (line: string) => void,
): Promise<Round> {
  const work = mkdtempSync(join(tmpdir(), 'bespoke-bench-end-to-end-'));
  const { signal } = new AbortController();
  const server = new LocalServer(layoutOf(root, home, join(work, 'server'), base), { onLog: () => {} });
  const stages = new Stages(say);
  const startedMs = performance.now();
  try {
    const mined = await stages.run('mine', `Mining ${workspace}`, () =>
      mineRepository(workspace, work, { signal, threads: 0 }),
    );
    const repository = { ...mined, clean: samplePairs(mined.clean, mostPairs) };
    const connection = await stages.run('server', 'Starting the local server', async () => {
      const { address, token } = await server.start();
      return new Connection({ address, token, tls: false });
    });
    try {
      const unfinished = new UnfinishedStart(join(work, 'unfinished-start.json'));
      const asked = {
        strategy: 'auto',
        heldOutPairs: HELD_OUT_PAIRS,
        fold: 0,
        nearestTests: NEAREST_TESTS_OFFERED,
        frozenBlocks: undefined,
        prefixStart: undefined,
      } as const;
      const personalized = await stages.run('personalize', 'Personalizing', (note) =>
        personalizeRepository(connection, repository, asked, { unfinished, signal, note }),
      );
      const personalizeSeconds = (performance.now() - startedMs) / 1000;
      const { run, adapter, events, refusal } = personalized;
      return {
        personalizeSeconds,
        parts: stages.seconds,
        stages: secondsOfStages(events),
        strategy: adapter.strategy,
        trainPairs: run.trainPairIds.length,
        isActive: refusal === undefined,
        heldOut: run.proofs.map(perplexities),
        tests: await timesOfTests({ connection, repository, personalized, work, tests }),
      };
    } finally {
      connection.close();
    }
  } finally {
    await server.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

function perplexities({ split, base, personalized }: Proof) {
  return { split, base: base?.perplexity ?? null, personalized: personalized?.perplexity ?? null };
}

/** From each stage's word to the next one's; a stage that comes again is added up. */
function secondsOfStages(events: readonly RunEvent[]): Record<string, number> {
  const seconds: Record<string, number> = {};
  let current: { readonly stage: string; readonly sinceMs: number } | undefined;
  const end = (atMs: number) => {
    if (current !== undefined) seconds[current.stage] = (seconds[current.stage] ?? 0) + (atMs - current.sinceMs) / 1000;
  };
  for (const event of events) {
    if (event.kind !== 'stage') continue;
    end(event.timeMs);
    current = { stage: event.stage, sinceMs: event.timeMs };
  }
  end(events.at(-1)?.timeMs ?? 0);
  return seconds;
}

function summary(rounds: readonly Round[]): object {
  const seconds = rounds.map(({ personalizeSeconds }) => personalizeSeconds);
  const middle = percentile(seconds, 0.5);
  return {
    personalizeSeconds: { median: middle, lowest: Math.min(...seconds), highest: Math.max(...seconds) },
    firstTestSeconds: percentile(
      rounds.map(({ tests }) => tests.firstSeconds),
      0.5,
    ),
    testSeconds: percentile(
      rounds.map(({ tests }) => tests.medianSeconds),
      0.5,
    ),
    medianRound: rounds.find(({ personalizeSeconds }) => personalizeSeconds === middle),
  };
}
