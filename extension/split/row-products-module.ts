/**
 * A WebAssembly module with the function `multiply(matrix, vector, vectorEnd, products, productsEnd)` of byte addresses in the imported
 * memory `host.memory`. It is written here rather than compiled, because it is two loops:
 *
 *     do {
 *       sums = four vectors of four zeros
 *       at = vector
 *       do {
 *         sums[k] += matrix[k] * at[k]        for k of 0 to 3, four numbers each
 *         matrix += 64 bytes, at += 64 bytes
 *       } while (at < vectorEnd)
 *       *products = all numbers of sums added up
 *       products += 4 bytes
 *     } while (products < productsEnd)
 *
 * Four sums, so that no addition waits for the one before.
 */
export function rowProductsModule(): Uint8Array<ArrayBuffer> {
  const body = [
    LOOP,
    ...SUMS.flatMap((sum) => [...zeros, ...set(sum)]),
    ...[...get(VECTOR), ...set(AT)],
    LOOP,
    ...SUMS.flatMap((sum, k) => [
      ...[...get(sum), ...get(MATRIX), ...load(16 * k), ...get(AT), ...load(16 * k)],
      ...[...multiplyFours, ...addFours, ...set(sum)],
    ]),
    ...advance(MATRIX, 64),
    ...advance(AT, 64),
    ...repeatWhileBelow(AT, VECTOR_END),
    END,
    ...get(PRODUCTS),
    ...[...get(SUMS[0]), ...get(SUMS[1]), ...addFours, ...get(SUMS[2]), ...get(SUMS[3]), ...addFours, ...addFours],
    ...[...set(SUMS[0]), ...lane(0), ...lane(1), ADD, ...lane(2), ADD, ...lane(3), ADD],
    ...store,
    ...advance(PRODUCTS, 4),
    ...repeatWhileBelow(PRODUCTS, PRODUCTS_END),
    END,
    END,
  ].flat();
  const locals = [2, 1, I32, 4, V128];
  const code = [...locals, ...body];
  return new Uint8Array([
    ...[0x00, ...text('asm'), 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name('host'), ...name('memory'), 0x02, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('multiply'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

// Parameters and locals by their numbers.
const [MATRIX, VECTOR, VECTOR_END, PRODUCTS, PRODUCTS_END, AT] = [0, 1, 2, 3, 4, 5];
const SUMS = [6, 7, 8, 9] as const;

// Types and instructions (WebAssembly core specification 2.0, 5.3 and 5.4).
const [I32, V128] = [0x7f, 0x7b];
const LOOP = [0x03, 0x40];
const END = [0x0b];
const ADD = [0x92];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const fours = (instruction: number) => [0xfd, ...unsigned(instruction)];
const load = (offset: number) => [...fours(0), 4, offset];
const zeros = [...fours(12), ...new Array<number>(16).fill(0)];
const addFours = fours(228);
const multiplyFours = fours(230);
/** One number of the first sum, once all are in it. */
const lane = (index: number) => [...get(SUMS[0]), ...fours(31), index];
const store = [0x38, 2, 0];
const advance = (local: number, bytes: number) => [...get(local), 0x41, ...signed(bytes), 0x6a, ...set(local)];
const repeatWhileBelow = (local: number, end: number) => [...get(local), ...get(end), 0x49, 0x0d, 0];

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

const text = (value: string) => [...Buffer.from(value)];
const name = (value: string) => [value.length, ...text(value)];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of a number that is not negative, with room for the sign. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
