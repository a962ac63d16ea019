import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../storage/durable-file.ts';
import { drawSvg } from './figures/figure.ts';
import { resultsOf } from './results.ts';
import { resultsPage } from './results-page.ts';
import { readRuns } from './run-record.ts';
import { tableMarkdown } from './table.ts';

/** Writes OUT/tables.md, OUT/results.json, OUT/figures/*.svg and OUT/report.html from the records alone. Returns the page's path. */
export async function writeResults(out: string): Promise<string> {
  const runs = await readRuns(out);
  if (runs.length === 0)
    throw new Error(
      `${out} holds no record of a finished run: start the experiment, or see above why its runs failed.`,
    );
  const { figures, tables, summary } = resultsOf(runs);
  const drawn = figures.map((figure) => ({ figure, svg: drawSvg(figure) }));
  // A figure that the records no longer give must not be taken for one of theirs.
  await rm(join(out, 'figures'), { recursive: true, force: true });
  for (const { figure, svg } of drawn) await writeDurably(join(out, 'figures', `${figure.name}.svg`), svg);
  const title = `# An experiment of ${runs.length} runs`;
  await writeDurably(join(out, 'tables.md'), `${[title, ...tables.map(tableMarkdown)].join('\n\n')}\n`);
  await writeDurably(join(out, 'results.json'), `${JSON.stringify(summary, null, 1)}\n`);
  const page = join(out, 'report.html');
  await writeDurably(page, resultsPage(runs.length, tables, drawn));
  return page;
}
