import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_BASE } from '../../core/base-model/embedded-bases.ts';
import { USUAL_INPUT_TOKENS } from '../../core/model-input/assemble-model-input.ts';
import { loadTokenizer } from '../../core/model-input/tokenizer.ts';
import { readBaseModelFolder } from '../base-model/base-model-folder.ts';
import { buildCorpus } from './build-corpus.ts';
import { parsed, refuseUsage } from './command-line.ts';
import { readRecipe } from './corpus-recipe.ts';
import { baseModelDirOf, homeOption } from './home-option.ts';

/** `bespoke base corpus`: writes the training examples of the base models. Returns the exit code. */
export async function corpus(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('corpus', options);
  const { baseModelDir } = options;
  const { manifest } = await readBaseModelFolder(baseModelDir, 'header');
  const { total, seconds } = await buildCorpus({
    ...options,
    libraries: readRecipe(),
    tokenizer: await loadTokenizer(baseModelDir),
    // Inputs of the usual length teach as much at less cost.
    mostInputTokens: Math.min(manifest.maxInputTokens, USUAL_INPUT_TOKENS),
    teachesShownTests: manifest.family === 'decoder-only',
    signal,
    onProgress: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ ...total, seconds })}\n`);
  return 0;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  if (values.out === undefined) return 'Say where to write with --out DIR.';
  const [mostPairsPerLibrary, mostValidationPairs, seed] = [
    values['most-pairs'],
    values['most-validation-pairs'],
    values.seed,
  ].map(Number);
  if (!isCount(mostPairsPerLibrary) || !isCount(mostValidationPairs) || !isCount(seed))
    return '--most-pairs, --most-validation-pairs and --seed must be whole numbers.';
  const baseModelDir =
    values.base === undefined ? baseModelDirOf(resolve(values.home), DEFAULT_BASE) : resolve(values.base);
  return { out: resolve(values.out), baseModelDir, mostPairsPerLibrary, mostValidationPairs, seed };
}

const isCount = (value: number | undefined): value is number => Number.isSafeInteger(value) && (value ?? -1) >= 0;

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string' },
      home: homeOption,
      base: { type: 'string' },
      'most-pairs': { type: 'string', default: '600' },
      'most-validation-pairs': { type: 'string', default: '25' },
      seed: { type: 'string', default: '1' },
    },
  });
}
