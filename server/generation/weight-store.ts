import { join } from 'node:path';
import { SafetensorsFile } from '../../core/tensors/safetensors-file.ts';
import type { AdapterFolder } from '../adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../base-model/base-model-folder.ts';
import type { Encoding, InitializerDescription } from './graph-description.ts';
import type { Weights } from './onnx-runtime.ts';
import { quantizeBlocks, quantizeColumns } from './quantize.ts';

/**
 * The weights of one base model in the encodings that its graphs ask for. A session of an adapter gets the adapter's tensors for its own
 * initializers and the very same bytes of the base for all others, so the base lies in memory once.
 */
export class WeightStore {
  /** By initializer name; the same name means the same bytes in every graph of one precision. */
  readonly #base = new Map<string, Uint8Array>();

  constructor(private readonly base: BaseModelFolder) {}

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
    const file = await SafetensorsFile.open(path);
    try {
      const tensors = new Set(initializers.map(({ tensor }) => tensor));
      for (const tensor of tensors) {
        const bytes = await file.read(tensor);
        const wanted = initializers.filter((initializer) => initializer.tensor === tensor);
        for (const [name, value] of encodeTensor(bytes, file.tensors.get(tensor)?.shape ?? [], wanted))
          encoded.set(name, value);
      }
    } finally {
      await file.close();
    }
    return encoded;
  }
}

function encodeTensor(
  bytes: Uint8Array,
  [outSize = 0, inSize = 0]: readonly number[],
  wanted: readonly InitializerDescription[],
): Map<string, Uint8Array> {
  const encoded = new Map<string, Uint8Array>();
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const isWanted = (kind: string) => wanted.some(({ encoding }) => encoding.startsWith(kind));
  const blocks = isWanted('int8-block') ? quantizeBlocks(values, outSize, inSize) : undefined;
  const columns = isWanted('int8-column') ? quantizeColumns(values, outSize, inSize) : undefined;
  const encodings: Readonly<Record<Encoding, Uint8Array | undefined>> = {
    float32: bytes,
    'int8-blocks': blocks?.values,
    'int8-block-scales': blocks && bytesOf(blocks.scales),
    'int8-columns': columns?.values,
    'int8-column-scales': columns && bytesOf(columns.scales),
  };
  for (const { name, encoding } of wanted) encoded.set(name, encodings[encoding] as Uint8Array);
  return encoded;
}

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
