import type { KeyValueCache } from './key-value-cache.ts';
import type { ServedModel } from './model-cache.ts';

/** What is left after a request's input was read. */
export interface ReadInput {
  /** One slot: the prefix's and the input's rows. */
  readonly cache: KeyValueCache;
  readonly rows: number;
  /** Encoder-decoder only, one slot. */
  readonly cross: KeyValueCache | null;
  /** [vocabulary], after the last token. */
  readonly logProbabilities: Float32Array;
}

/**
 * Reads a request's input into a cache of its own, a piece at a time, so that other requests' steps come between and cancelling takes
 * effect soon. Yields after each piece.
 */
export async function* readInput(
  { model, prefix, own }: ServedModel,
  tokens: readonly number[],
): AsyncGenerator<void, ReadInput> {
  const { manifest } = model.base;
  let decoderTokens = tokens;
  let cross: KeyValueCache | null = null;
  if (model.isEncoderDecoder) {
    const { endOfSource, decoderStart } = manifest.tokens;
    cross = await model.encode(endOfSource === null ? tokens : [...tokens, endOfSource], prefix.encoder, own);
    decoderTokens = [decoderStart ?? manifest.tokens.pad];
    yield;
  }
  const cache = model.newCache();
  cache.resize(1, prefix.length);
  if (prefix.length > 0) cache.copyFrom(prefix.decoder, 0, 0, prefix.length);
  for (let start = 0; ; start += PIECE_TOKENS) {
    const piece = decoderTokens.slice(start, start + PIECE_TOKENS);
    const past = cache.capacity;
    const isLast = start + PIECE_TOKENS >= decoderTokens.length;
    const step = {
      tokens: BigInt64Array.from(piece, BigInt),
      positions: BigInt64Array.from(piece, (_, index) => BigInt(past + index)),
      visibility: causalVisibility(piece.length, past),
      requests: 1,
      queries: piece.length,
      wantedFrom: isLast ? piece.length - 1 : piece.length,
      past: cache,
      pastPositions: () => BigInt64Array.from({ length: past }, (_, row) => BigInt(row)),
      ...(cross === null ? {} : { cross: { cache: cross, visibility: new Float32Array(cross.capacity) } }),
    };
    const result = await model.step(step, [own]);
    cache.resize(1, past + piece.length);
    cache.append(0, past, result.newKeys, result.newValues, 0);
    if (isLast) return { cache, rows: cache.capacity, cross, logProbabilities: result.logProbabilities };
    yield;
  }
}

/** Throughput is the same from 96 to 512 tokens (measured on two cores), so the size only decides how long others wait. */
const PIECE_TOKENS = 256;

/** [1, queries, past + queries]: every token sees the past, itself and the tokens before it. */
function causalVisibility(queries: number, past: number): Float32Array {
  const visibility = new Float32Array(queries * (past + queries));
  for (let query = 0; query < queries; query++) {
    const start = query * (past + queries);
    visibility.fill(Number.NEGATIVE_INFINITY, start + past + query + 1, start + past + queries);
  }
  return visibility;
}
