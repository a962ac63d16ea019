import type { ModelInputParts } from '../core/model-input/assemble-model-input.ts';
import { beginBlocks } from '../extension/client/blocks.ts';
import type { OwnModel } from '../extension/split/own-model.ts';
import { SeededRandom } from '../test/seeded-random.ts';
import { inputOf, type SplitSetting, writeIn } from './split-setting.ts';
import { recoveredFromEmbeddings, recoveredFromFinalStates, type SeenRow } from './state-inversion.ts';

/** Texts whose states are looked into. */
const TEXTS = 2;
/** Rows of each text that are looked up in the base's embeddings. */
const ROWS_LOOKED_UP = 48;
/** Noise on what is sent, in root mean squares of the base's embeddings. */
const NOISE_LEVELS = [0.5, 1, 2, 4] as const;

/** Shares of tokens that the public base's embeddings give away, and of each text what is left of it under noise. */
export async function whatStatesReveal(setting: SplitSetting) {
  const { own, plain } = setting;
  const requests = setting.requests.slice(0, TEXTS);
  const random = new SeededRandom(5);
  const { scale } = plain.layers.tensors;
  const rootMeanSquare = rootMeanSquareOf(plain.layers.tensors.embedding.decoder) * scale;
  const clean = await Promise.all(requests.map((request) => observed(setting, request, () => 0)));
  const likeliest = (state: Float32Array) => {
    const values = plain.layers.logProbabilities(state);
    return values.indexOf(values.reduce((most, value) => Math.max(most, value)));
  };
  const sampled = (rows: readonly SeenRow[]) => {
    const every = Math.max(1, Math.floor(rows.length / ROWS_LOOKED_UP));
    return rows.filter((_, at) => at % every === 0);
  };
  const recovered = (texts: readonly Observed[]) =>
    recoveredFromEmbeddings(
      texts.flatMap(({ sent }) => sampled(sent)),
      plain.layers.tensors,
    );
  const noise: object[] = [];
  for (const level of NOISE_LEVELS) {
    const noisy: Observed[] = [];
    const add = () => level * rootMeanSquare * gaussian(random);
    for (const request of requests) noisy.push(await observed(setting, request, add));
    const kept = noisy.map(({ tokens }, at) => commonPrefix(tokens, clean[at]?.tokens ?? []) / tokens.length);
    noise.push({
      level,
      recoveredFromEmbeddings: recovered(noisy),
      textKept: kept.reduce((sum, share) => sum + share, 0) / kept.length,
    });
  }
  const finals = clean.flatMap(({ given }) => given);
  return {
    embeddingsMoved: movedShare(own, plain),
    recoveredFromEmbeddings: recovered(clean),
    recoveredFromFinalStates: recoveredFromFinalStates(sampled(finals), likeliest),
    rowsLookedUp: clean.flatMap(({ sent }) => sampled(sent)).length,
    noise,
  };
}

interface Observed {
  readonly tokens: readonly number[];
  /** What the server was sent. */
  readonly sent: readonly SeenRow[];
  /** What it sent back, with the tokens that were taken after it. */
  readonly given: readonly SeenRow[];
}

/** Writes one text as the server sees it, with noise added to every number that is sent. */
async function observed(setting: SplitSetting, request: ModelInputParts, noise: () => number): Promise<Observed> {
  const { own, connection } = setting;
  const { hiddenSize } = own.layers;
  const input = inputOf(setting, request);
  const { endOfSource, decoderStart, pad } = own.base.tokens;
  const isEncoderDecoder = own.base.family === 'encoder-decoder';
  const [sent, given] = [new Map<string, Omit<SeenRow, 'token'>>(), new Map<number, Omit<SeenRow, 'token'>>()];
  const session = beginBlocks(connection);
  const noted = (stack: SeenRow['stack'], states: Float32Array, firstPosition: number) => {
    const noisy = states.map((value) => value + noise());
    for (let row = 0; row * hiddenSize < noisy.length; row++) {
      const state = noisy.subarray(row * hiddenSize, (row + 1) * hiddenSize);
      const position = firstPosition + row;
      // A row that is sent again takes the place of a wrong guess.
      sent.set(`${stack} ${position}`, { stack, state, position });
    }
    return noisy;
  };
  const { tokens } = await writeIn(setting, request, {
    encode: (states) => session.encode(noted('encoder', states, 0)),
    decode: async (firstPosition, states, wantedRows) => {
      const answer = await session.decode(firstPosition, noted('decoder', states, firstPosition), wantedRows);
      const first = firstPosition + states.length / hiddenSize - wantedRows;
      for (let row = 0; row < wantedRows; row++) {
        const state = answer.subarray(row * hiddenSize, (row + 1) * hiddenSize);
        given.set(first + row, { stack: 'decoder', state, position: first + row });
      }
      return answer;
    },
    end: () => session.end(),
  });
  const source = endOfSource === null ? input : [...input, endOfSource];
  const text = [...(isEncoderDecoder ? [decoderStart ?? pad] : input), ...tokens];
  const withToken = (
    rows: Iterable<Omit<SeenRow, 'token'>>,
    tokenOf: (row: Omit<SeenRow, 'token'>) => number | undefined,
  ) =>
    [...rows].flatMap((row) => {
      const token = tokenOf(row);
      return token === undefined ? [] : [{ ...row, token }];
    });
  return {
    tokens,
    // The last token is not read, but a guess may stand in its place.
    sent: withToken(sent.values(), ({ stack, position }) =>
      stack === 'encoder' ? source[position] : position < text.length - 1 ? text[position] : undefined,
    ),
    given: withToken(given.values(), ({ position }) => text[position + 1]),
  };
}

function commonPrefix(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((token, index) => token !== other[index]);
  return at < 0 ? one.length : at;
}

/** How far personalization moved the embeddings, as a share of their length. */
function movedShare(own: OwnModel, plain: OwnModel): number {
  const [after, before] = [own.layers.tensors.embedding.decoder, plain.layers.tensors.embedding.decoder];
  let [moved, length] = [0, 0];
  for (let at = 0; at < after.length; at++) {
    moved += ((after[at] as number) - (before[at] as number)) ** 2;
    length += (before[at] as number) ** 2;
  }
  return Math.sqrt(moved / length);
}

function rootMeanSquareOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/** Of mean 0 and variance 1 (Box and Muller). */
function gaussian(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
