import type { DecoderDescription } from './graph-description.ts';
import type { KeyValueCache } from './key-value-cache.ts';
import type { GraphTensor } from './onnx-runtime.ts';

/** What a decoder step reads; R requests, Q new tokens each, S cached rows. */
export interface DecoderStep {
  /** [R, Q] */
  readonly tokens: BigInt64Array;
  /** [R, Q] */
  readonly positions: BigInt64Array;
  /** [R, Q, S + Q]: 0 where a token sees a row, minus infinity where not. */
  readonly visibility: Float32Array;
  readonly requests: number;
  readonly queries: number;
  /** Results are wanted from this one of the Q tokens on. */
  readonly wantedFrom: number;
  readonly past: KeyValueCache;
  /** [R, S] positions of the cached rows; only some models ask for them. */
  readonly pastPositions: () => BigInt64Array;
  /** Encoder-decoder only: keys and values of the cross-attention, and [R, E] which of them are padding. */
  readonly cross?: { readonly cache: KeyValueCache; readonly visibility: Float32Array };
}

/** A step as a decoder's graph takes it. */
export function decoderFeeds({ inputs }: DecoderDescription, step: DecoderStep): Map<string, GraphTensor> {
  const { requests, queries, past, cross } = step;
  const { keys, values } = past.tensors(requests);
  const feeds = new Map<string, GraphTensor>([
    [inputs.tokens, { values: step.tokens, shape: [requests, queries] }],
    [inputs.positions, { values: step.positions, shape: [requests, queries] }],
    [inputs.visibility, { values: step.visibility, shape: [requests, queries, past.capacity + queries] }],
    [inputs.wantedFrom, { values: BigInt64Array.of(BigInt(step.wantedFrom)), shape: [1] }],
  ]);
  feedAll(feeds, inputs.pastKeys, keys);
  feedAll(feeds, inputs.pastValues, values);
  if (inputs.pastPositions !== undefined)
    feeds.set(inputs.pastPositions, { values: step.pastPositions(), shape: [requests, past.capacity] });
  if (cross !== undefined && inputs.crossVisibility !== undefined) {
    const crossTensors = cross.cache.tensors(requests);
    feeds.set(inputs.crossVisibility, { values: cross.visibility, shape: [requests, cross.cache.capacity] });
    feedAll(feeds, inputs.crossKeys ?? [], crossTensors.keys);
    feedAll(feeds, inputs.crossValues ?? [], crossTensors.values);
  }
  return feeds;
}

/** Feeds one tensor for each block. */
export function feedAll(
  feeds: Map<string, GraphTensor>,
  names: readonly string[],
  tensors: readonly GraphTensor[],
): void {
  for (const [index, name] of names.entries()) feeds.set(name, tensors[index] as GraphTensor);
}

/** What a graph gave, one tensor for each block. */
export function tensorsOf(results: ReadonlyMap<string, GraphTensor>, names: readonly string[]): GraphTensor[] {
  return names.map((name) => results.get(name) as GraphTensor);
}
