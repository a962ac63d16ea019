import { join } from 'node:path';
import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import { baseModelRefused } from '../errors.ts';
import { SafetensorsFile } from '../tensors/safetensors-file.ts';
import type { InitializerDescription } from './graph-description.ts';
import type { Weights } from './onnx-runtime.ts';
import { quantizeLayer } from './quantize.ts';

/**
 * The weights of one base model in the encodings that its graphs ask for. A session of an adapter gets the adapter's tensors for its own
 * initializers and the very same bytes of the base for all others, so the base lies in memory once.
 */
export class WeightStore {
  /** By initializer name; the same name means the same bytes in every graph of one precision. */
  readonly #base = new Map<string, Uint8Array>();

  /** By layer: a factor for each input channel. */
  readonly #smoothing = new Map<string, Float32Array>();

  constructor(
    private readonly base: BaseModelFolder,
    /** See `weightLevels`. */
    private readonly levels: number,
  ) {}

  /** The base's bytes for every initializer. */
  async ofBase(initializers: readonly InitializerDescription[]): Promise<Weights> {
    const missing = initializers.filter(({ name }) => !this.#base.has(name));
    const made = await this.#encode(join(this.base.path, 'model.safetensors'), missing);
    for (const [name, bytes] of made) this.#base.set(name, bytes);
    return new Map(initializers.map(({ name }) => [name, this.#base.get(name) as Uint8Array]));
  }

  /** The adapter's bytes where it changed a tensor, the base's elsewhere; and how many bytes are the adapter's own. */
  async ofAdapter(
    initializers: readonly InitializerDescription[],
    adapter: AdapterFolder,
  ): Promise<{ weights: Weights; ownBytes: number }> {
    const changed = initializers.filter(({ tensor }) => adapter.tensors.has(tensor));
    const own = await this.#encode(join(adapter.path, 'adapter.safetensors'), changed);
    const shared = await this.ofBase(initializers.filter(({ tensor }) => !adapter.tensors.has(tensor)));
    const ownBytes = [...own.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
    return { weights: new Map([...shared, ...own]), ownBytes };
  }

  async #encode(path: string, initializers: readonly InitializerDescription[]): Promise<Map<string, Uint8Array>> {
    const encoded = new Map<string, Uint8Array>();
    if (initializers.length === 0) return encoded;
    await this.#readSmoothing(initializers);
    const file = await SafetensorsFile.open(path);
    try {
      for (const { name, tensor, encoding } of initializers)
        if (encoding === 'inverse-smoothing')
          encoded.set(name, bytesOf(this.#smoothingOf(tensor).map((factor) => 1 / factor)));
      const tensors = new Set(
        initializers.filter(({ encoding }) => encoding !== 'inverse-smoothing').map(({ tensor }) => tensor),
      );
      for (const tensor of tensors) {
        const bytes = await file.read(tensor);
        const wanted = initializers.filter(
          (initializer) => initializer.tensor === tensor && initializer.encoding !== 'inverse-smoothing',
        );
        for (const [name, value] of this.#encodeTensor(bytes, file.tensors.get(tensor)?.shape ?? [], wanted))
          encoded.set(name, value);
      }
    } finally {
      await file.close();
    }
    return encoded;
  }

  #encodeTensor(
    bytes: Uint8Array,
    shape: readonly number[],
    wanted: readonly InitializerDescription[],
  ): Map<string, Uint8Array> {
    const encoded = new Map<string, Uint8Array>();
    const smoothing = wanted.find((initializer) => initializer.smoothing !== undefined)?.smoothing;
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const [outSize = 0, inSize = 0] = shape;
    const layer =
      smoothing === undefined
        ? undefined
        : quantizeLayer(values, outSize, inSize, this.#smoothingOf(smoothing), this.levels);
    for (const { name, encoding } of wanted) {
      if (encoding === 'float32') encoded.set(name, bytes);
      else if (layer === undefined) throw baseModelRefused(`its onnx/graph.json smooths nothing for ${name}`);
      else encoded.set(name, bytesOf(encoding === 'int8-columns' ? layer.columns : layer.scales));
    }
    return encoded;
  }

  /** Reads the smoothing factors (`onnx/smoothing.safetensors`) when an initializer needs them first. */
  async #readSmoothing(initializers: readonly InitializerDescription[]): Promise<void> {
    if (this.#smoothing.size > 0 || initializers.every(({ smoothing }) => smoothing === undefined)) return;
    const file = await SafetensorsFile.open(join(this.base.path, 'onnx', 'smoothing.safetensors'));
    try {
      for (const name of file.tensors.keys()) {
        const bytes = await file.read(name);
        this.#smoothing.set(name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
      }
    } finally {
      await file.close();
    }
  }

  #smoothingOf(name: string): Float32Array {
    const factors = this.#smoothing.get(name);
    if (factors === undefined) throw baseModelRefused(`its onnx/smoothing.safetensors has no factors for ${name}`);
    return factors;
  }
}

const bytesOf = (values: Float32Array | Int8Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
