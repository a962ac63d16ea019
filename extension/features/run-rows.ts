import type { PersonalizationRun, RunState } from '../client/run.ts';
import { cardOfRun, type ServerSide } from '../failure-cards.ts';
import { count } from '../workspace/consent-text.ts';
import { proofText } from './proof-text.ts';

/** How one run reads in the list of runs. `icon` is one of the editor's own. */
export interface RunRow {
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** State, strategy, pairs, seconds and gain of a run; of one that failed, why. */
export function runRow(run: PersonalizationRun, active: boolean, server: ServerSide): RunRow {
  const facts = [
    run.imported ? 'imported' : words[run.state],
    strategyText(run),
    run.trainPairs === 0 ? '' : count(run.trainPairs, 'pair'),
    run.endedMs === null || run.imported ? '' : `${Math.round((run.endedMs - run.createdMs) / 1000)} s`,
    active ? 'writes now' : '',
  ];
  return {
    icon: active ? 'check' : icons[run.state],
    label: new Date(run.createdMs).toLocaleString(),
    description: facts.filter((fact) => fact !== '').join(', '),
    detail: detailOf(run, server),
  };
}

function strategyText({ strategy, choosesStrategy }: PersonalizationRun): string {
  return choosesStrategy && strategy !== 'auto' ? `${strategy} (chosen by auto)` : strategy;
}

function detailOf({ failure, proofs }: PersonalizationRun, server: ServerSide): string {
  if (failure !== null) return `${cardOfRun(failure.reason, server).cause}. ${failure.message}`;
  const gain = proofs.map(proofText).filter((text) => text !== '');
  return gain.length === 0 ? '' : `perplexity ${gain.join('; ')}`;
}

const words: Readonly<Record<RunState, string>> = {
  queued: 'waits',
  running: 'is training',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

const icons: Readonly<Record<RunState, string>> = {
  queued: 'clock',
  running: 'loading~spin',
  succeeded: 'sparkle',
  failed: 'error',
  cancelled: 'circle-slash',
};
