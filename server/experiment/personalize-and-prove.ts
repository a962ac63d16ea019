import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddedBase } from '../../core/base-model/embedded-bases.ts';
import type { ExampleLengths } from '../../core/metrics/compute.ts';
import { runMainJob } from '../base/run-main-job.ts';
import { endOrphan, identityOf, type ProcessIdentity } from '../processes/process-identity.ts';
import { writeDurably } from '../storage/durable-file.ts';
import type { RunDoer } from './carry-out.ts';
import { analyseLayers } from './layer-analysis.ts';
import type { ExperimentRepository } from './repository.ts';
import { finishedRunOf } from './run-record.ts';
import { runName } from './run-setting.ts';
import { transformerSizes } from './transformer-sizes.ts';

/** The papers' top-5. */
const CANDIDATES = 5;

/** What all runs of an experiment have in common. */
export interface MainJobPlace {
  /** Where the set-up put the Python environment and the base model. */
  readonly home: string;
  readonly base: EmbeddedBase;
  readonly out: string;
  /** Most pairs to hold out for each split. */
  readonly heldOutPairs: number;
  /** Whether the layers of the models of the first fold are analysed. */
  readonly analysesLayers: boolean;
  readonly say: (line: string) => void;
}

/**
 * Does runs with the product's own main job (`bespoke start`), which mines, trains, writes tests with both models, compiles and runs
 * them. Each slot has a server and a folder of its own, so that runs can go on side by side.
 */
export function mainJobRuns(repositories: readonly ExperimentRepository[], place: MainJobPlace): RunDoer {
  return async (setting, slot, signal) => {
    const { home, base, out, heldOutPairs, analysesLayers, say } = place;
    const name = runName(setting);
    const work = join(out, 'work', `slot-${slot}`);
    await clearSlot(work);
    const repository = repositories.find((one) => one.name === setting.repository);
    if (repository === undefined) throw new Error(`There is no repository ${setting.repository}.`);
    const workspace = await repository.workspace(signal);
    const report = join(out, 'work', 'reports', `${name}.html`);
    const args = [
      ...[workspace, '--home', home, '--base', base, '--work', work, '--report', report],
      ...['--strategy', setting.strategy, '--fold', `${setting.fold}`, '--nearest-tests', `${setting.nearestTests}`],
      ...['--held-out', `${heldOutPairs}`, '--candidates', `${CANDIDATES}`],
      ...(setting.mostPairs === null ? [] : ['--most-pairs', `${setting.mostPairs}`]),
      ...(setting.prefixStart === null ? [] : ['--prefix-start', setting.prefixStart]),
      ...(setting.frozenBlocks === null ? [] : ['--frozen-blocks', `${setting.frozenBlocks}`]),
    ];
    const { exitCode, lastLine } = await runMainJob(args, {
      signal,
      onLine: (line) => say(`  ${line}`),
      onStarted: async (pid) => writeDurably(processFile(work), JSON.stringify(await identityOf(pid))),
    });
    if (exitCode !== 0) throw new Error(`the main job ended with code ${exitCode}; what it said stands above.`);
    const lines = async (what: string) =>
      (await readFile(report.replace(/\.html$/, `.${what}.jsonl`), 'utf8')).trimEnd().split('\n');
    const lengths = (await lines('lengths')).map((line) => JSON.parse(line) as ExampleLengths);
    const written = { lastLine, candidates: await lines('candidates'), events: await lines('events'), lengths };
    const finished = finishedRunOf(setting, written, await transformerSizes(home, base));
    const layers =
      analysesLayers && setting.fold === 0
        ? await analyseLayers({ home, base, workspace, serverFolder: serverFolder(work), work, signal })
        : null;
    // Adapters are as large as what was trained, and nothing reads them again.
    await rm(serverFolder(work), { recursive: true, force: true });
    return { ...finished, record: { ...finished.record, layers } };
  };
}

/**
 * Ends the main job that a killed experiment left in this slot, and forgets its run, which a server would take up again before ours. Its
 * trainer ends by itself when nobody hears it any more.
 */
async function clearSlot(work: string): Promise<void> {
  const text = await readFile(processFile(work), 'utf8').catch(() => undefined);
  if (text !== undefined) await endOrphan(JSON.parse(text) as ProcessIdentity);
  await rm(serverFolder(work), { recursive: true, force: true });
}

/** Where the main job keeps its server's ledger, corpora and adapters. */
const serverFolder = (work: string) => join(work, 'server');

const processFile = (work: string) => join(work, 'main-job.json');
