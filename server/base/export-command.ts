import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parsed, refuseUsage } from './command-line.ts';
import { homeOption } from './home-option.ts';
import { runTool } from './run-tool.ts';
import { pythonOf, trainerDir } from './run-training.ts';

/** Most tokens of the model's input, as of the other shipped base: one or two nearest tests and the focal context fit. */
const MOST_INPUT_TOKENS = 512;

/**
 * `bespoke base export`: makes a base-model folder (`server/BASE_MODEL_FORMAT.md`) of a Hugging Face checkpoint, for instance of what `pretrain`
 * or `train --base` wrote. Returns the exit code.
 */
export async function exportBase(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('export', options);
  const { checkpoint, out, home, name } = options;
  if (existsSync(out)) throw new Error(`${out} is there already: remove it or name another folder.`);
  const args = ['--checkpoint', checkpoint, '--out', out, '--max-input-tokens', `${MOST_INPUT_TOKENS}`];
  const named = name === undefined ? [] : ['--name', name];
  await runTool(pythonOf(home), ['-m', 'bespoke_trainer.base_model', ...args, ...named], {
    folder: trainerDir,
    signal,
  });
  return 0;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { checkpoint, out, home, name } = line.values;
  if (checkpoint === undefined || out === undefined)
    return 'Name the checkpoint with --checkpoint DIR and the base-model folder with --out DIR.';
  return { checkpoint: resolve(checkpoint), out: resolve(out), home: resolve(home), name };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      checkpoint: { type: 'string' },
      out: { type: 'string' },
      home: homeOption,
      name: { type: 'string' },
    },
  });
}
