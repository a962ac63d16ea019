import * as vscode from 'vscode';
import type { RunEvent } from '../client/run.ts';

const stageNames: Readonly<Record<string, string>> = {
  load: 'loading the model',
  'measure-base': 'measuring the base model',
  'cache-activations': 'preparing the frozen part',
  train: 'training',
  'measure-personalized': 'measuring the personalized model',
  'write-adapter': 'saving',
};

/** A run's progress in the notification and, shorter, in the status bar. */
export class RunProgress implements vscode.Disposable {
  readonly #notification: vscode.Progress<{ message?: string; increment?: number }>;
  readonly #statusBar = vscode.window.createStatusBarItem('bespoke.progress', vscode.StatusBarAlignment.Left, 0);
  #percent = 0;

  constructor(notification: vscode.Progress<{ message?: string; increment?: number }>) {
    this.#notification = notification;
    this.#statusBar.name = 'Bespoke progress';
    this.#statusBar.command = 'bespoke.showLog';
    this.#statusBar.tooltip = 'A model is being personalized to this repository';
    this.#statusBar.show();
    this.#show('waiting for the server', 'waiting');
  }

  report(event: RunEvent): void {
    const text = progressText(event);
    if (text === undefined) return;
    const percent =
      event.kind === 'progress' && event.maxSteps > 0 ? (100 * event.step) / event.maxSteps : this.#percent;
    const increment = Math.max(0, percent - this.#percent);
    this.#percent = Math.max(this.#percent, percent);
    this.#show(text.long, text.short, increment);
  }

  waitForServer(): void {
    this.#show('the server does not answer, waiting for it', 'waiting for the server');
  }

  cancelling(): void {
    this.#show('cancelling', 'cancelling');
  }

  dispose(): void {
    this.#statusBar.dispose();
  }

  #show(long: string, short: string, increment?: number): void {
    this.#notification.report(increment === undefined ? { message: long } : { message: long, increment });
    this.#statusBar.text = `$(sync~spin) Bespoke: ${short}`;
  }
}

/** What to show for an event; `undefined` when it changes nothing that a user sees. */
export function progressText(event: RunEvent): { readonly long: string; readonly short: string } | undefined {
  switch (event.kind) {
    case 'stage': {
      const name = stageNames[event.stage] ?? event.stage;
      return { long: name, short: name };
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
