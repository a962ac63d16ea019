import { rowProductsModule } from './row-products-module.ts';

/**
 * A matrix [rows, size] whose rows are multiplied with vectors, in fp32: JavaScript alone would take five times as long, and the output
 * layer is what split serving adds to each token here.
 */
export class RowProducts {
  /** [rows, size] */
  readonly matrix: Float32Array;
  readonly #vector: Float32Array;
  readonly #products: Float32Array;
  readonly #multiply: Multiply;

  /** `size` must be a multiple of 16, as hidden sizes are. Throws an error whose message is a clause otherwise. */
  constructor(rows: number, size: number) {
    if (size % 16 !== 0) throw new Error(`its hidden size ${size} is no multiple of 16`);
    const bytes = (rows * size + size + rows) * Float32Array.BYTES_PER_ELEMENT;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    this.matrix = new Float32Array(memory.buffer, 0, rows * size);
    this.#vector = new Float32Array(memory.buffer, this.matrix.byteLength, size);
    this.#products = new Float32Array(memory.buffer, this.#vector.byteOffset + this.#vector.byteLength, rows);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(rowProductsModule()), { host: { memory } });
    this.#multiply = exports.multiply as Multiply;
  }

  /** Each row times the vector [size]: a new array [rows]. */
  with(vector: Float32Array): Float32Array<ArrayBuffer> {
    this.#vector.set(vector);
    const [from, to] = [this.#vector.byteOffset, this.#products.byteOffset];
    this.#multiply(0, from, to, to, to + this.#products.byteLength);
    return this.#products.slice() as Float32Array<ArrayBuffer>;
  }
}

/** Of byte addresses. */
type Multiply = (matrix: number, vector: number, vectorEnd: number, products: number, productsEnd: number) => void;

const PAGE_BYTES = 65_536;
