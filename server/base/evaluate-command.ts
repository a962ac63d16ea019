import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type EmbeddedBase, embeddedBase, noSuchBase } from '../../core/base-model/embedded-bases.ts';
import { writeDurably } from '../storage/durable-file.ts';
import { parsed, refuseUsage } from './command-line.ts';
import { type Library, nameOf, readRecipe } from './corpus-recipe.ts';
import { costTable, type EvaluationRun } from './evaluation-cost.ts';
import { type EvaluationRecord, recordOf } from './evaluation-record.ts';
import {
  EVALUATION_PARTS,
  type EvaluationPart,
  type EvaluationSetting,
  personalizationsOf,
  settingName,
} from './evaluation-setting.ts';
import { baseOption, homeOption } from './home-option.ts';
import { keepToBase } from './keep-to-base.ts';
import { layOutLibrary, workspaceOf } from './lay-out-library.ts';
import { runMainJob } from './run-main-job.ts';
import { evaluationsOf, evaluationTables, summarizeEvaluation } from './summarize-evaluation.ts';

/** The papers' top-5. */
const CANDIDATES = 5;

/**
 * `bespoke base evaluate`: runs the main job (`bespoke start`) on the libraries that are kept for evaluation, in every setting that the
 * wanted parts name, and keeps a record of every held-out pair. Goes on where it ended. With `--summary` it only reads the records.
 * Returns the exit code.
 */
export async function evaluate(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('evaluate', options);
  const libraries = readRecipe().filter(({ use }) => use === 'evaluation');
  if (!options.summary) await keepToBase(options.out, options.base);
  for (const part of options.summary ? [] : options.parts) {
    for (const { library, setting } of personalizationsOf(part, libraries)) {
      const ended = await evaluateLibrary(library, setting, options, signal);
      if (ended !== 0) return ended;
    }
  }
  const evaluations = evaluationsOf(await readLines<EvaluationRecord>(options.out, '.records.jsonl'));
  if (evaluations.length === 0) throw new Error(`${options.out} holds no records: run it without --summary first.`);
  const cost = costTable(await readLines<EvaluationRun>(options.out, '.run.json'));
  const summary = JSON.stringify(summarizeEvaluation(evaluations));
  process.stdout.write(`${evaluationTables(evaluations)}\n\n${cost}\n\n${summary}\n`);
  return 0;
}

interface EvaluateOptions {
  readonly out: string;
  readonly home: string;
  readonly base: EmbeddedBase;
  readonly parts: readonly EvaluationPart[];
  readonly mostPairs: string;
  readonly heldOutPairs: string;
}

async function evaluateLibrary(
  library: Library,
  setting: EvaluationSetting,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<number> {
  const { out, home, base } = options;
  const libraryName = nameOf(library);
  const name = `${libraryName}.${settingName(setting)}`;
  const records = join(out, `${name}.records.jsonl`);
  if (existsSync(records)) return 0;
  process.stdout.write(`${name}\n`);
  const folder = join(out, 'libraries', libraryName);
  await layOutLibrary(library, folder, signal);
  const report = join(out, 'reports', `${name}.html`);
  const args = [
    ...[workspaceOf(folder), '--home', home, '--base', base],
    ...['--report', report, '--most-pairs', options.mostPairs, '--held-out', options.heldOutPairs],
    ...['--strategy', setting.strategy, '--fold', `${setting.fold}`, '--nearest-tests', `${setting.nearestTests}`],
    ...['--candidates', `${CANDIDATES}`],
  ];
  const show = (line: string) => process.stdout.write(`${line}\n`);
  const { exitCode, lastLine } = await runMainJob(args, { signal, onLine: show });
  if (exitCode !== 0) return exitCode;
  const { report: _, ...figures } = JSON.parse(lastLine) as Record<string, unknown>;
  const lines = (await readFile(report.replace(/\.html$/, '.candidates.jsonl'), 'utf8')).trimEnd().split('\n');
  await writeDurably(
    join(out, `${name}.run.json`),
    `${JSON.stringify({ library: libraryName, ...setting, ...figures })}\n`,
  );
  const kept = lines.map((line) => `${JSON.stringify(recordOf(libraryName, setting, line))}\n`);
  await writeDurably(records, kept.join(''));
  return 0;
}

/** The values in all files with this ending, one a line. */
async function readLines<T>(folder: string, ending: string): Promise<T[]> {
  const values: T[] = [];
  if (!existsSync(folder)) return values;
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(ending)) continue;
    const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
    for (const line of lines) values.push(JSON.parse(line) as T);
  }
  return values;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  const { out, home, summary, 'most-pairs': mostPairs, 'held-out': heldOutPairs } = values;
  if (out === undefined) return 'Name the folder of the records with --out DIR.';
  const wanted = values.part ?? EVALUATION_PARTS;
  const parts = EVALUATION_PARTS.filter((part) => wanted.includes(part));
  const unknown = wanted.find((part) => !EVALUATION_PARTS.some((known) => known === part));
  if (unknown !== undefined) return `There is no part '${unknown}': use ${EVALUATION_PARTS.join(', ')}.`;
  const base = embeddedBase(values.base);
  if (base === undefined) return noSuchBase(values.base);
  return { out: resolve(out), home: resolve(home), base, summary, parts, mostPairs, heldOutPairs };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      home: homeOption,
      base: baseOption,
      summary: { type: 'boolean', default: false },
      part: { type: 'string', multiple: true },
      'most-pairs': { type: 'string', default: '300' },
      'held-out': { type: 'string', default: '40' },
    },
  });
}
