import { invalidRequest } from '../errors.ts';
import type { BlocksModel } from './blocks-model.ts';
import type { BlocksRequest } from './blocks-protocol.ts';
import type { KeyValueCache } from './key-value-cache.ts';

/** One client's hidden states on their way through the blocks, with the keys and values of those that went before. */
export class BlocksSession {
  readonly #cache: KeyValueCache;
  #cross: KeyValueCache | null = null;
  /** Rows of the cache that count; a position is a row. */
  #rows = 0;

  constructor(private readonly model: BlocksModel) {
    this.#cache = model.newCache();
  }

  /** Returns the wanted rows, [wanted, hidden size]; none for the encoder. Throws the `invalid-request` error. */
  async run(request: BlocksRequest): Promise<Float32Array> {
    this.#check(request);
    if (request.stack === 'decoder') return this.#decode(request);
    this.#cross = await this.model.encode(request.states);
    return new Float32Array(0);
  }

  async #decode(request: Extract<BlocksRequest, { stack: 'decoder' }>): Promise<Float32Array> {
    const { firstPosition, states } = request;
    const queries = states.length / this.model.hiddenSize;
    const cross = this.#cross;
    const cache = this.#cache;
    const result = await this.model.step(states, {
      positions: BigInt64Array.from({ length: queries }, (_, query) => BigInt(firstPosition + query)),
      visibility: causalVisibility(queries, firstPosition, cache.capacity),
      ...{ requests: 1, queries, wantedFrom: queries - request.wantedRows, past: cache },
      pastPositions: () => BigInt64Array.from({ length: cache.capacity }, (_, row) => BigInt(row)),
      ...(cross === null ? {} : { cross: { cache: cross, visibility: new Float32Array(cross.capacity) } }),
    });
    this.#rows = firstPosition + queries;
    if (this.#rows > cache.capacity) cache.resize(1, Math.ceil(this.#rows / ROOM_ROWS) * ROOM_ROWS);
    cache.append(0, firstPosition, result.newKeys, result.newValues, 0);
    return result.states;
  }

  #check(request: BlocksRequest): void {
    const { hiddenSize, isEncoderDecoder, base } = this.model;
    const { maxInputTokens, maxTargetTokens } = base.manifest;
    const { stack, states } = request;
    const rows = states.length / hiddenSize;
    if (rows === 0 || !Number.isInteger(rows))
      throw invalidRequest(
        `The ${states.length} numbers are not whole rows of hidden states`,
        `send rows of ${hiddenSize}, the hidden size of the server's base model`,
      );
    // With the token that ends an input.
    if (rows > maxInputTokens + 1)
      throw invalidRequest(`The request holds ${rows} rows`, `send at most ${maxInputTokens + 1} at once`);
    if (!states.every(Number.isFinite))
      throw invalidRequest('The hidden states hold a number that is not finite', 'send finite fp32 numbers');
    if (stack === 'encoder') {
      if (!isEncoderDecoder)
        throw invalidRequest('The server has a decoder-only model', 'send all states to the decoder');
      if (this.#cross !== null)
        throw invalidRequest('The encoder has read its input before', 'make another call for another input');
      return;
    }
    const { firstPosition, wantedRows } = request;
    if (isEncoderDecoder && this.#cross === null)
      throw invalidRequest(
        'The decoder comes before the encoder',
        'send the states of the whole input to the encoder first',
      );
    if (firstPosition < 0 || firstPosition > this.#rows)
      throw invalidRequest(
        `The first position is ${firstPosition}, and this session has ${this.#rows} rows`,
        'go on behind them, or begin again at one of them',
      );
    if (wantedRows < 0 || wantedRows > rows)
      throw invalidRequest(`Of ${rows} rows ${wantedRows} are wanted`, 'ask for 0 to all of them');
    const most = Math.min(this.model.maxPositions, maxInputTokens + maxTargetTokens);
    if (firstPosition + rows > most)
      throw invalidRequest(`The session would have ${firstPosition + rows} rows`, `end it before ${most}`);
  }
}

/** Growing moves all rows, so it happens in larger leaps than one row. */
const ROOM_ROWS = 64;

/** [1, queries, capacity + queries]: every row sees the first `past` rows of the cache, itself and the new rows before it. */
function causalVisibility(queries: number, past: number, capacity: number): Float32Array {
  const visibility = new Float32Array(queries * (capacity + queries));
  for (let query = 0; query < queries; query++) {
    const start = query * (capacity + queries);
    visibility.fill(Number.NEGATIVE_INFINITY, start + past, start + capacity);
    visibility.fill(Number.NEGATIVE_INFINITY, start + capacity + query + 1, start + capacity + queries);
  }
  return visibility;
}
