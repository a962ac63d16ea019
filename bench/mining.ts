import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { listJavaFiles } from '../core/mining/list-files.ts';
import type { TestPair } from '../core/mining/test-pair.ts';
import { pythonOf } from '../extension/local-server/layout.ts';
import { nameOf, readRecipe } from '../server/base/corpus-recipe.ts';
import { layOutLibrary, workspaceOf } from '../server/base/lay-out-library.ts';
import { home, root } from '../test/server/support/places.ts';
import { editMining } from './mining-edits.ts';
import { percentile } from './percentile.ts';
import { competitorPackages } from './python-packages.ts';
import { type TimedRun, timed } from './timed-process.ts';

export const options = {
  rounds: { type: 'string', default: '5' },
  lines: { type: 'string', default: '1000000' },
  /** A checkout of github.com/microsoft/methods2test; without one its script is left out. */
  methods2test: { type: 'string' },
} as const;

interface Given {
  readonly rounds: string;
  readonly lines: string;
  readonly methods2test?: string | undefined;
}

/**
 * Mining a workspace of published libraries from nothing, in both modes, against tree-sitter alone on the same files with as many threads,
 * and against methods2test's own script, interleaved; then mining it again with nothing changed, and in one process after single edits. The
 * ratio is default mode over tree-sitter alone: its share of the floor's speed.
 */
export default async function measure(given: Given, say: (line: string) => void): Promise<object> {
  const threads = availableParallelism();
  const workspace = await librariesOf(Number(given.lines), say);
  const { files } = await listJavaFiles(workspace, undefined);
  const paths = files.map(({ path }) => join(workspace, path));
  const megabytes = paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;
  const work = mkdtempSync(join(tmpdir(), 'bespoke-bench-mining-'));
  const mine = (mode: string, more: readonly string[]) =>
    timed([
      join(root, 'dist', 'cli.js'),
      ...['mine', workspace, '--mode', mode, '--threads', String(threads)],
      ...['--out', join(work, `${mode}.jsonl`), '--quiet', ...more],
    ]);
  try {
    const runs: Record<Engine, TimedRun[]> = { floor: [], default: [], methods2test: [], script: [], unchanged: [] };
    let scriptPairs: readonly string[] = [];
    for (let round = 0; round < Number(given.rounds); round++) {
      runs.floor.push(await parseOnly(paths, threads));
      runs.default.push(await mine('default', ['--no-cache']));
      runs.methods2test.push(await mine('methods2test', ['--no-cache']));
      if (given.methods2test !== undefined) {
        const out = join(work, `script-${round}`);
        const { pairs, ...run } = await script(given.methods2test, workspace, out);
        runs.script.push(run);
        scriptPairs = pairs;
        rmSync(out, { recursive: true });
      }
      const cache = ['--cache', join(work, 'cache')];
      if (round === 0) await mine('default', cache);
      runs.unchanged.push(await mine('default', cache));
      say(`round ${round + 1}: ${JSON.stringify(Object.values(runs).map((all) => all.at(-1)?.seconds.toFixed(2)))}`);
    }
    const oneEdit = await editMining(workspace, work, say);
    const ratios = (over: Engine, under: Engine) =>
      runs[over].flatMap(({ seconds }, round) => seconds / (runs[under][round]?.seconds ?? Number.NaN));
    return {
      ratio: median(ratios('floor', 'default')),
      ...{ threads, rounds: Number(given.rounds), files: files.length, megabytes },
      lines: paths.reduce((sum, path) => sum + linesOf(path), 0),
      megabytesPerSecond: median(runs.default.map(({ seconds }) => megabytes / seconds)),
      methods2testOverScript: given.methods2test === undefined ? null : median(ratios('script', 'methods2test')),
      oneEdit,
      pairsUnlikeTheScript: given.methods2test === undefined ? null : unlike(pairsOf(work), scriptPairs),
      seconds: Object.fromEntries(Object.entries(runs).map(([engine, all]) => [engine, spread(all)])),
      peakMegabytes: Object.fromEntries(
        Object.entries(runs).map(([engine, all]) => [engine, Math.max(...all.map(({ peakBytes }) => peakBytes / 1e6))]),
      ),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Engine = 'floor' | 'default' | 'methods2test' | 'script' | 'unchanged';

/** Lays out libraries of the base's recipe, in its order, until there are so many lines. */
async function librariesOf(lines: number, say: (line: string) => void): Promise<string> {
  const folder = join(home, 'benchmark-libraries', String(lines));
  mkdirSync(folder, { recursive: true });
  let found = 0;
  for (const library of readRecipe()) {
    if (found >= lines) break;
    const place = join(folder, nameOf(library));
    if (await layOutLibrary(library, place, new AbortController().signal)) say(`fetched ${library.coordinate}`);
    const { files } = await listJavaFiles(workspaceOf(place), undefined);
    found += files.reduce((sum, { path }) => sum + linesOf(join(workspaceOf(place), path)), 0);
  }
  return folder;
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').length;

async function parseOnly(paths: readonly string[], threads: number): Promise<TimedRun> {
  const { output, peakBytes } = await timed([join(root, 'bench', 'parse-only.mjs'), String(threads)], {
    input: JSON.stringify(paths),
  });
  return { seconds: JSON.parse(output).seconds, peakBytes };
}

async function script(checkout: string, folder: string, out: string): Promise<TimedRun & { pairs: string[] }> {
  const scripts = join(checkout, 'scripts');
  if (!existsSync(join(scripts, 'find_map_test_cases.py')))
    throw new Error(`There is no scripts/find_map_test_cases.py in ${checkout}: name a checkout of methods2test.`);
  const { output } = await timed(
    [join(root, 'server', 'trainer', 'benchmarks', 'methods2test_run.py'), scripts, folder, out],
    { command: pythonOf(home), env: { PYTHONPATH: competitorPackages() } },
  );
  return JSON.parse(output);
}

/** What the published mode found, named as the script's pairs are. */
function pairsOf(work: string): string[] {
  const lines = readFileSync(join(work, 'methods2test.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { testFile, testMethod, focalFile, focalMethod } = JSON.parse(line) as TestPair;
    return `${testFile}#${testMethod} ${focalFile}#${focalMethod}`;
  });
}

/** Pairs that only one of them has. */
function unlike(own: readonly string[], others: readonly string[]): number {
  const [first, second] = [new Set(own), new Set(others)];
  return [...first].filter((pair) => !second.has(pair)).length + [...second].filter((pair) => !first.has(pair)).length;
}

const median = (values: readonly number[]) => percentile(values, 0.5);

function spread(runs: readonly TimedRun[]): object | null {
  const seconds = runs.map((run) => run.seconds);
  return runs.length === 0
    ? null
    : { median: median(seconds), least: Math.min(...seconds), most: Math.max(...seconds) };
}
