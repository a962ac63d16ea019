import { expect, test } from 'vitest';
import { KeyValueCache } from '../../../server/generation/key-value-cache.ts';
import { SeededRandom } from '../../seeded-random.ts';

const shape = { blocks: 2, heads: 3, headSize: 2 };

/** A row of one slot, which says where it belongs. */
const cellOf = (kind: number, block: number, slot: number, head: number, row: number, at: number) =>
  kind * 1e5 + block * 1e4 + slot * 1e3 + head * 100 + row * 2 + at;

/** Writes the first rows of a slot. */
function fill(cache: KeyValueCache, slot: number, rows: number): void {
  const { blocks, heads, headSize } = shape;
  for (let block = 0; block < blocks; block++)
    for (const [kind, name] of (['keys', 'values'] as const).entries()) {
      const values: number[] = [];
      for (let row = 0; row < rows; row++)
        for (let head = 0; head < heads; head++)
          for (let at = 0; at < headSize; at++) values.push(cellOf(kind, block, slot, head, row, at));
      cache.fill(slot, block, name, Float32Array.from(values));
    }
}

/** What stands where these rows should stand, and should. */
function rowsOf(cache: KeyValueCache, slots: number, rows: number): { found: number[]; expected: number[] } {
  const { heads, headSize } = shape;
  const [found, expected]: number[][] = [[], []];
  const { keys, values } = cache.tensors(slots);
  for (const [kind, tensors] of [keys, values].entries())
    for (const [block, tensor] of tensors.entries())
      for (let slot = 0; slot < slots; slot++)
        for (let head = 0; head < heads; head++)
          for (let row = 0; row < rows; row++)
            for (let at = 0; at < headSize; at++) {
              found?.push(Number(tensor.values[((slot * heads + head) * cache.capacity + row) * headSize + at]));
              expected?.push(cellOf(kind, block, slot, head, row, at));
            }
  return { found: found ?? [], expected: expected ?? [] };
}

test('rows that fit stay whatever room there is, in any order of growing and shrinking', () => {
  const random = new SeededRandom(11);
  const upTo = (most: number) => 1 + Math.floor(random.next() * most);
  for (let round = 0; round < 50; round++) {
    const cache = new KeyValueCache(shape);
    let [slots, rows] = [upTo(6), upTo(40)];
    cache.resize(slots, rows);
    for (let slot = 0; slot < slots; slot++) fill(cache, slot, rows);
    for (let step = 0; step < 12; step++) {
      const room = [upTo(9), upTo(60)] as const;
      cache.resize(...room);
      [slots, rows] = [Math.min(slots, room[0]), Math.min(rows, room[1])];
      expect([cache.slots, cache.capacity]).toEqual(room);
      const { found, expected } = rowsOf(cache, slots, rows);
      expect(found).toEqual(expected);
    }
  }
});

test('a tensor is as large as its shape says, whatever room there is behind it', () => {
  const cache = new KeyValueCache(shape);
  for (const [slots, rows] of [
    [1, 8],
    [2, 8],
    [2, 9],
    [1, 9],
  ] as const) {
    cache.resize(slots, rows);
    for (const { values, shape: sizes } of cache.tensors(slots).keys)
      expect(values.length).toBe(sizes.reduce((product, size) => product * size, 1));
  }
});

test('an empty one holds no memory', () => {
  const cache = new KeyValueCache(shape);
  cache.resize(4, 100);
  cache.resize(0, 0);
  expect(cache.tensors(0).keys.map(({ values }) => values.buffer.byteLength)).toEqual([0, 0]);
});
