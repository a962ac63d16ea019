import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parsed, refuseUsage } from './command-line.ts';
import { type LibraryUse, nameOf, readRecipe } from './corpus-recipe.ts';
import { homeOption } from './home-option.ts';
import { workspaceOf } from './lay-out-library.ts';
import { pythonOf, runTraining } from './run-training.ts';

/**
 * `bespoke base pretrain`: pre-trains a model of the papers' architecture on the source of the corpus's libraries, and writes OUT/checkpoint.
 * Killed or interrupted, it goes on from its last checkpoint. Returns the exit code.
 */
export async function pretrain(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('pretrain', options);
  const { corpus, out, home, windows } = options;
  const checkpoint = join(out, 'checkpoint');
  if (existsSync(checkpoint)) throw new Error(`${checkpoint} is there already: remove it to begin anew.`);
  await mkdir(out, { recursive: true });
  const sources = join(out, 'sources.json');
  const folders = { train: foldersOf(corpus, 'train'), validation: foldersOf(corpus, 'validation') };
  await writeFile(sources, JSON.stringify(folders));
  const args = ['--sources', sources, '--work', join(out, 'work'), '--out', checkpoint, '--windows', windows];
  return await runTraining(pythonOf(home), ['-m', 'bespoke_trainer.base_pretraining', ...args], signal);
}

/** Where `bespoke base corpus` laid out the libraries of one use. Throws when it did not. */
function foldersOf(corpus: string, use: LibraryUse): string[] {
  return readRecipe()
    .filter((library) => library.use === use)
    .map((library) => {
      const folder = workspaceOf(join(corpus, 'libraries', nameOf(library)));
      if (existsSync(folder)) return folder;
      throw new Error(`${corpus} does not hold ${nameOf(library)}: run \`bespoke base corpus --out ${corpus}\` first.`);
    });
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { corpus, out, home, windows } = line.values;
  if (corpus === undefined || out === undefined)
    return 'Name the corpus with --corpus DIR and the result with --out DIR.';
  if (!/^\d+$/.test(windows)) return '--windows must be a whole number.';
  return { corpus: resolve(corpus), out: resolve(out), home: resolve(home), windows };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      corpus: { type: 'string' },
      out: { type: 'string' },
      home: homeOption,
      windows: { type: 'string', default: '0' },
    },
  });
}
