import type { RunEventKind, StrategyPrediction } from '../client/run.ts';
import { formatBytes } from './consent-text.ts';

/** One line on a strategy that was tried. */
export function probeText({ strategy, baseLoss, loss }: Extract<RunEventKind, { kind: 'strategy-probed' }>): string {
  return `tried ${strategy}: validation loss ${baseLoss.toFixed(3)} → ${loss.toFixed(3)}`;
}

/** One line on which strategy the server chose and why. */
export function choiceText({ strategy, predictions }: Extract<RunEventKind, { kind: 'strategy-chosen' }>): string {
  const chosen = predictions.find((one) => one.strategy === strategy);
  return chosen === undefined ? `chose ${strategy}` : `chose ${expectation(chosen)}`;
}

/** What the log says of an event while strategies are tried: in the end, what is expected of each. */
export function strategyLines(event: RunEventKind): string[] {
  switch (event.kind) {
    case 'strategy-probed':
      return [probeText(event)];
    case 'strategy-left-out':
      return [`left out ${event.strategy}: ${event.message}`];
    case 'strategy-chosen':
      return [...event.predictions.map(expectation), choiceText(event)];
    default:
      return [];
  }
}

function expectation({ strategy, lossDrop, minutes, megabytes }: StrategyPrediction): string {
  const percent = Math.round(100 * Math.abs(1 - Math.exp(-lossDrop)));
  const gain = Number.isFinite(percent) ? `perplexity ${percent} % ${lossDrop < 0 ? 'higher' : 'lower'}` : 'no gain';
  return `${strategy}: expects ${gain}, at most ${Math.ceil(minutes)} min, ${formatBytes(megabytes * 1e6)}`;
}
