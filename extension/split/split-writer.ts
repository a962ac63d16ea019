import type { FinishedText } from '../../core/decoding/decoding.ts';
import { GreedyPath, pathStart } from '../../core/decoding/greedy-path.ts';
import type { Tokenizer } from '../../core/model-input/tokenizer.ts';
import type { BlocksSession } from '../client/blocks.ts';
import type { OwnModel } from './own-model.ts';

/** What a text is written after, and when it ends. */
export interface SplitRequest {
  /** The whole input without special tokens. */
  readonly tokens: readonly number[];
  readonly maxNewTokens: number;
  /** Whether the text ends with the closing brace of its method, beside the token that ends a test. */
  readonly atEndOfMethod: boolean;
}

/**
 * Writes greedily with the blocks of a server and the embeddings and output layer of this machine: tokens and text stay here. The path
 * is the server's own (`GreedyPath`), so the text is what the server would write with the same model. Fails with `ServerError`.
 */
export async function writeSplit(
  session: BlocksSession,
  { layers, base }: OwnModel,
  tokenizer: Tokenizer,
  { tokens, ...limits }: SplitRequest,
): Promise<FinishedText> {
  const { endOfTarget, endOfSource, decoderStart, pad } = base.tokens;
  const isEncoderDecoder = base.family === 'encoder-decoder';
  if (isEncoderDecoder) {
    const source = endOfSource === null ? tokens : [...tokens, endOfSource];
    await session.encode(layers.embed('encoder', source, 0));
  }
  const input = isEncoderDecoder ? [decoderStart ?? pad] : tokens;
  const read = (from: number, some: readonly number[], wanted: number) =>
    session.decode(from, layers.embed('decoder', some, from), wanted);
  const lastPiece = Math.floor((input.length - 1) / PIECE_TOKENS) * PIECE_TOKENS;
  for (let start = 0; start < lastPiece; start += PIECE_TOKENS)
    await read(start, input.slice(start, start + PIECE_TOKENS), 0);
  const first = await read(lastPiece, input.slice(lastPiece), 1);

  const path = new GreedyPath(tokens, pathStart, { endOfTarget, ...limits }, tokenizer);
  const advance = (states: Float32Array, position: number) => {
    const { hiddenSize } = layers;
    const stateAfter = (drafts: number) => states.subarray(drafts * hiddenSize, (drafts + 1) * hiddenSize);
    path.advance(
      (drafts) => (drafts * hiddenSize < states.length ? layers.logProbabilities(stateAfter(drafts)) : undefined),
      (drafts) => position + drafts,
    );
  };
  advance(first, input.length - 1);
  for (let beam = path.beam; beam !== undefined; beam = path.beam) {
    // The rows of a beam are those of its tokens before this one; guesses that were wrong lie behind them and are overwritten.
    const position = input.length + beam.rows.length;
    const guesses = beam.drafts.slice(0, limits.maxNewTokens - beam.rows.length - 1);
    const some = [beam.token, ...guesses];
    advance(await read(position, some, some.length), position);
  }
  if (path.finished === undefined) throw new Error('A path that has ended has no text.');
  return path.finished;
}

/** As many as the server itself reads at a time, so that others come between. */
const PIECE_TOKENS = 256;
