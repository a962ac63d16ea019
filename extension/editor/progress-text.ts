import type { RunEvent } from '../client/run.ts';
import { choiceText, probeText } from '../workspace/strategy-text.ts';

/** What to show for an event; `undefined` when it changes nothing that a user sees. */
export function progressText(event: RunEvent): { readonly long: string; readonly short: string } | undefined {
  switch (event.kind) {
    case 'stage': {
      const name = stageNames[event.stage] ?? event.stage;
      return { long: name, short: name };
    }
    case 'stage-progress': {
      const name = stageNames[event.stage] ?? event.stage;
      const left = formatSeconds(event.etaSeconds);
      return { long: `${name}, ${event.done} of ${event.total} pairs, ${left} left`, short: `${name}, ${left} left` };
    }
    case 'progress': {
      const left = formatSeconds(event.etaSeconds);
      return {
        long: `training, step ${event.step} of at most ${event.maxSteps}, loss ${event.loss.toFixed(2)}, ${left} left`,
        short: `training, ${left} left`,
      };
    }
    case 'validation':
      return {
        long: `validation loss ${event.validationLoss.toFixed(3)}${event.best ? ', the best so far' : ''}`,
        short: 'training',
      };
    case 'strategy-probed':
      return { long: probeText(event), short: 'trying strategies' };
    case 'strategy-left-out':
      return { long: `cannot use ${event.strategy}`, short: 'trying strategies' };
    case 'strategy-chosen':
      return { long: choiceText(event), short: `chose ${event.strategy}` };
    case 'state':
      return event.state === 'queued' ? { long: 'waiting for its turn', short: 'queued' } : undefined;
    case 'checkpoint':
    case 'held-out':
    case 'adapter':
    case 'failed':
    case 'cancelled':
    case 'unknown':
      return undefined;
  }
}

export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'some time';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h ${Math.ceil((seconds % 3_600) / 60)} min`;
}

const stageNames: Readonly<Record<string, string>> = {
  load: 'loading the model',
  probe: 'trying strategies',
  'measure-base': 'measuring the base model',
  'cache-activations': 'preparing the frozen part',
  train: 'training',
  'measure-personalized': 'measuring the personalized model',
  'write-adapter': 'saving',
};
