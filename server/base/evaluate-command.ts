import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeDurably } from '../storage/durable-file.ts';
import { parsed, refuseUsage } from './command-line.ts';
import { type Library, nameOf, readRecipe } from './corpus-recipe.ts';
import { type EvaluationRecord, recordOf } from './evaluation-record.ts';
import { homeOption } from './home-option.ts';
import { layOutLibrary, workspaceOf } from './lay-out-library.ts';
import { evaluationsOf, evaluationTables, summarizeEvaluation } from './summarize-evaluation.ts';

/**
 * `bespoke base evaluate`: runs the main job (`bespoke start`) on each library that is kept for evaluation, and keeps a record of every
 * held-out pair. Goes on where it ended. With `--summary` it only reads the records. Returns the exit code.
 */
export async function evaluate(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('evaluate', options);
  if (!options.summary) {
    for (const library of readRecipe().filter(({ use }) => use === 'evaluation')) {
      const ended = await evaluateLibrary(library, options, signal);
      if (ended !== 0) return ended;
    }
  }
  const evaluations = evaluationsOf(await readRecords(options.out));
  if (evaluations.length === 0) throw new Error(`${options.out} holds no records: run it without --summary first.`);
  process.stdout.write(`${evaluationTables(evaluations)}\n\n${JSON.stringify(summarizeEvaluation(evaluations))}\n`);
  return 0;
}

interface EvaluateOptions {
  readonly out: string;
  readonly home: string;
  readonly mostPairs: string;
  readonly heldOutPairs: string;
}

async function evaluateLibrary(library: Library, options: EvaluateOptions, signal: AbortSignal): Promise<number> {
  const { out, home } = options;
  const name = nameOf(library);
  const records = join(out, `${name}.records.jsonl`);
  if (existsSync(records)) return 0;
  process.stdout.write(`${name}\n`);
  const folder = join(out, 'libraries', name);
  await layOutLibrary(library, folder, signal);
  const report = join(out, 'reports', `${name}.html`);
  const args = [
    ...[join(fileURLToPath(new URL('.', import.meta.url)), 'cli.js'), 'start', workspaceOf(folder), '--home', home],
    ...['--report', report, '--most-pairs', options.mostPairs, '--held-out', options.heldOutPairs],
  ];
  const ended = await new Promise<number>((done, fail) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    signal.addEventListener('abort', () => child.kill('SIGTERM'));
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  if (ended !== 0) return ended;
  const lines = (await readFile(report.replace(/\.html$/, '.candidates.jsonl'), 'utf8')).trimEnd().split('\n');
  await writeDurably(records, lines.map((line) => `${JSON.stringify(recordOf(name, line))}\n`).join(''));
  return 0;
}

async function readRecords(folder: string): Promise<EvaluationRecord[]> {
  const records: EvaluationRecord[] = [];
  if (!existsSync(folder)) return records;
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.records.jsonl')) continue;
    const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
    for (const line of lines) records.push(JSON.parse(line) as EvaluationRecord);
  }
  return records;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  const { out, home, summary, 'most-pairs': mostPairs, 'held-out': heldOutPairs } = values;
  if (out === undefined) return 'Name the folder of the records with --out DIR.';
  return { out: resolve(out), home: resolve(home), summary, mostPairs, heldOutPairs };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      home: homeOption,
      summary: { type: 'boolean', default: false },
      'most-pairs': { type: 'string', default: '300' },
      'held-out': { type: 'string', default: '40' },
    },
  });
}
