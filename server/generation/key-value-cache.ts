import type { GraphTensor } from './onnx-runtime.ts';

/** The sizes that attention caches have. */
export interface CacheShape {
  readonly blocks: number;
  /** Key/value heads. */
  readonly heads: number;
  readonly headSize: number;
}

/**
 * Keys and values of several requests, which lie in slots beside each other: one array for each block, [slots, heads, capacity,
 * headSize]. Graphs read the arrays in place and return new rows only, so nothing but those rows is ever copied in a step.
 */
export class KeyValueCache {
  #keys: Float32Array[];
  #values: Float32Array[];
  #slots = 0;
  #capacity = 0;

  /** Empty, or made of what a graph gave, in place: for each block [slots, heads, capacity, headSize]. */
  constructor(
    private readonly shape: CacheShape,
    rows?: readonly [keys: readonly GraphTensor[], values: readonly GraphTensor[]],
  ) {
    const [keys, values] = rows ?? [];
    const arrays = (given: readonly GraphTensor[] | undefined) =>
      Array.from(
        { length: shape.blocks },
        (_, block) => (given?.[block]?.values ?? new Float32Array(0)) as Float32Array,
      );
    this.#keys = arrays(keys);
    this.#values = arrays(values);
    [this.#slots = 0, , this.#capacity = 0] = keys?.[0]?.shape ?? [];
  }

  get slots(): number {
    return this.#slots;
  }

  /** Rows of a slot. */
  get capacity(): number {
    return this.#capacity;
  }

  /**
   * Changes the room and keeps the rows that fit. What was grown once has room to spare, in which the rows are moved: a group that grows
   * with every few tokens would else leave arrays of a gigabyte behind each time, faster than their memory is given back.
   */
  resize(slots: number, capacity: number): void {
    if (slots === this.#slots && capacity === this.#capacity) return;
    const { heads, headSize } = this.shape;
    const stride = capacity * headSize;
    const oldStride = this.#capacity * headSize;
    const kept = Math.min(stride, oldStride);
    const moving = Math.min(slots, this.#slots) * heads;
    const move = (old: Float32Array) => {
      const moved = roomFor(slots * heads * stride, old);
      for (let index = 0; index < moving; index++) {
        // Within one array: rows that move towards the end from the last on, others from the first on.
        const head = stride > oldStride ? moving - 1 - index : index;
        const from = head * oldStride;
        if (moved === old) moved.copyWithin(head * stride, from, from + kept);
        else moved.set(old.subarray(from, from + kept), head * stride);
      }
      return moved;
    };
    this.#keys = this.#keys.map(move);
    this.#values = this.#values.map(move);
    this.#slots = slots;
    this.#capacity = capacity;
  }

  /** Writes the rows of one request of a step's new keys and values, [requests, heads, rows, headSize], into a slot from a row on. */
  append(
    slot: number,
    row: number,
    newKeys: readonly GraphTensor[],
    newValues: readonly GraphTensor[],
    request: number,
  ) {
    const { heads, headSize } = this.shape;
    const write = (target: Float32Array, source: GraphTensor) => {
      const size = (source.shape[2] ?? 0) * headSize;
      const values = source.values as Float32Array;
      for (let head = 0; head < heads; head++) {
        const from = (request * heads + head) * size;
        target.set(values.subarray(from, from + size), ((slot * heads + head) * this.#capacity + row) * headSize);
      }
    };
    for (const [block, keys] of newKeys.entries()) write(this.#keys[block] as Float32Array, keys);
    for (const [block, values] of newValues.entries()) write(this.#values[block] as Float32Array, values);
  }

  /** Writes rows of one block as adapters hold them, [rows, heads, headSize], into a slot from its first row on. */
  fill(slot: number, block: number, kind: 'keys' | 'values', values: Float32Array): void {
    const { heads, headSize } = this.shape;
    const target = (kind === 'keys' ? this.#keys : this.#values)[block] as Float32Array;
    let from = 0;
    for (let row = 0; from < values.length; row++)
      for (let head = 0; head < heads; head++) {
        const to = ((slot * heads + head) * this.#capacity + row) * headSize;
        // For so few values a loop is several times as fast as `set`.
        for (let i = 0; i < headSize; i++) target[to + i] = values[from++] as number;
      }
  }

  /** Copies the first rows of a slot of another cache. */
  copyFrom(other: KeyValueCache, otherSlot: number, slot: number, rows: number): void {
    this.#copy(other, otherSlot, slot, (target, source, to, from) => {
      const { headSize } = this.shape;
      target.set(source.subarray(from, from + rows * headSize), to);
    });
  }

  /** Exchanges the first rows of two slots. */
  exchange(slot: number, other: number, rows: number): void {
    const { headSize } = this.shape;
    const size = rows * headSize;
    this.#copy(this, slot, other, (values, _same, to, from) => {
      const kept = values.slice(to, to + size);
      values.copyWithin(to, from, from + size);
      values.set(kept, from);
    });
  }

  /** Keeps the given rows of a slot, in this order, and forgets the others; the order must be ascending. */
  compact(slot: number, rows: readonly number[]): void {
    const { headSize } = this.shape;
    this.#copy(this, slot, slot, (target, _source, start) => {
      for (const [to, from] of rows.entries())
        if (to !== from)
          target.copyWithin(start + to * headSize, start + from * headSize, start + (from + 1) * headSize);
    });
  }

  /** The first `requests` slots of every block, for a graph. */
  tensors(requests: number): { keys: GraphTensor[]; values: GraphTensor[] } {
    const { heads, headSize } = this.shape;
    const shape = [requests, heads, this.#capacity, headSize];
    const size = requests * heads * this.#capacity * headSize;
    const view = (values: Float32Array): GraphTensor => ({ values: values.subarray(0, size), shape });
    return { keys: this.#keys.map(view), values: this.#values.map(view) };
  }

  #copy(
    other: KeyValueCache,
    otherSlot: number,
    slot: number,
    copyHead: (target: Float32Array, source: Float32Array, to: number, from: number) => void,
  ): void {
    const { heads, headSize } = this.shape;
    const pairs = [
      ...this.#keys.map((target, block) => [target, other.#keys[block] as Float32Array] as const),
      ...this.#values.map((target, block) => [target, other.#values[block] as Float32Array] as const),
    ];
    for (const [target, source] of pairs)
      for (let head = 0; head < heads; head++)
        copyHead(
          target,
          source,
          (slot * heads + head) * this.#capacity * headSize,
          (otherSlot * heads + head) * other.#capacity * headSize,
        );
  }
}

/** The array itself where it has room for so many values and not far too much, else a new one, with room to spare where it grew. */
function roomFor(size: number, old: Float32Array): Float32Array {
  if (size <= old.length && size >= old.length / MOST_SPARE) return old;
  const isGrown = old.length > 0 && size > old.length;
  return new Float32Array(isGrown ? Math.ceil(size * GROWTH) : size);
}

const GROWTH = 1.5;
const MOST_SPARE = 4;
