import { describeSetting, type EvaluationSetting } from './evaluation-setting.ts';
import { markdownTable } from './markdown-table.ts';

/** What one personalization of a library took, with what it was measured by: the content of a `.run.json` file. */
export interface EvaluationRun extends EvaluationSetting {
  readonly library: string;
  readonly trainPairs: number;
  readonly adapterBytes: number;
  readonly seconds: { readonly personalize: number; readonly generate: number; readonly check: number };
}

/** A Markdown table, a row for each library and setting. */
export function costTable(runs: readonly EvaluationRun[]): string {
  const head = [
    ...['library', 'setting', 'pairs trained on', 'personalize (s)'],
    ...['write with both models (s)', 'compile and run (s)', 'adapter (MB)'],
  ];
  const rows = runs.map(({ library, trainPairs, adapterBytes, seconds, ...setting }) => [
    ...[library, describeSetting(setting), String(trainPairs), seconds.personalize.toFixed(0)],
    ...[seconds.generate.toFixed(0), seconds.check.toFixed(0), (adapterBytes / 1e6).toFixed(1)],
  ]);
  return markdownTable(head, rows);
}
