import * as vscode from 'vscode';
import type { RunEvent } from '../client/run.ts';
import { progressText } from './progress-text.ts';

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
    this.#statusBar.accessibilityInformation = {
      label: `Bespoke personalizes: ${short}. Shows the log.`,
      role: 'button',
    };
  }
}
