import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SafetensorsFile } from '../../../core/tensors/safetensors-file.ts';
import { TENSOR_FILE } from '../../../server/adapters/adapter-folder.ts';
import type { BaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { SeededRandom } from '../../seeded-random.ts';

export const madeStrategies = ['prefix', 'last-decoder-block'] as const;
export type MadeStrategy = (typeof madeStrategies)[number];

/** As the trainer makes it where nobody says otherwise. */
const PREFIX_LENGTH = 200;
/** Adapters of one strategy that differ. */
const MOST_SEEDS = 1 << 12;
/** Numbers between the stretches of noise of one seed and the next. */
const SHIFT = 61;

interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Writes adapters that nothing was trained for, of the form and the size of trained ones. Each makes the base write something of its own. */
export class AdapterMaker {
  private constructor(
    private readonly base: BaseModelFolder,
    /** The parameters of the base's last decoder block. */
    private readonly lastBlock: ReadonlyMap<string, Tensor>,
    /** Random numbers from -0.5 to 0.5, of which every seed takes another stretch. */
    private readonly noise: Float32Array,
  ) {}

  static async open(base: BaseModelFolder): Promise<AdapterMaker> {
    const { blocks, attention } = base.manifest;
    const name = new RegExp(`^model\\.(?:decoder\\.)?layers\\.${blocks.decoder - 1}\\.`);
    const lastBlock = new Map<string, Tensor>();
    const file = await SafetensorsFile.open(join(base.path, 'model.safetensors'));
    try {
      for (const [tensor, { shape }] of file.tensors) {
        if (!name.test(tensor)) continue;
        const bytes = await file.read(tensor);
        lastBlock.set(tensor, { shape, values: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) });
      }
    } finally {
      await file.close();
    }
    const random = new SeededRandom(7);
    const most =
      Math.max(blocks.decoder, blocks.encoder) * PREFIX_LENGTH * attention.keyValueHeads * attention.headSize;
    const noise = Float32Array.from({ length: most + MOST_SEEDS * SHIFT }, () => random.next() - 0.5);
    return new AdapterMaker(base, lastBlock, noise);
  }

  /** Writes the folder; adapters of one strategy differ by their seeds, from 0 to below 4,096. */
  write(folder: string, strategy: MadeStrategy, seed: number): void {
    const tensors = strategy === 'prefix' ? this.#prefix(seed) : this.#changedLastBlock(seed);
    const file = safetensors(tensors);
    const manifest = {
      ...{ format: 1, runId: `${strategy}-${seed}`, strategy, family: this.base.manifest.family },
      ...{ baseModelSha256: this.base.sha256, prefixLength: strategy === 'prefix' ? PREFIX_LENGTH : null },
      tensors: Object.fromEntries([...tensors].map(([name, { shape }]) => [name, { shape, dtype: 'F32' }])),
      files: { [TENSOR_FILE]: { sha256: createHash('sha256').update(file).digest('hex'), bytes: file.length } },
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, TENSOR_FILE), file);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  }

  #prefix(seed: number): ReadonlyMap<string, Tensor> {
    const { blocks, attention } = this.base.manifest;
    const tensors = new Map<string, Tensor>();
    for (const stack of ['decoder', 'encoder'] as const) {
      if (blocks[stack] === 0) continue;
      const shape = [blocks[stack], PREFIX_LENGTH, attention.keyValueHeads, attention.headSize];
      const values = this.#noiseOf(seed, shape);
      tensors.set(`prefix.${stack}.keys`, { shape, values });
      tensors.set(`prefix.${stack}.values`, { shape, values });
    }
    return tensors;
  }

  /** Every weight is up to five per cent larger or smaller. */
  #changedLastBlock(seed: number): ReadonlyMap<string, Tensor> {
    return new Map(
      [...this.lastBlock].map(([name, { shape, values }]) => {
        const noise = this.#noiseOf(seed, shape);
        return [name, { shape, values: values.map((value, at) => value * (1 + 0.1 * (noise[at] as number))) }];
      }),
    );
  }

  #noiseOf(seed: number, shape: readonly number[]): Float32Array {
    const length = shape.reduce((product, size) => product * size, 1);
    return this.noise.subarray(seed * SHIFT, seed * SHIFT + length);
  }
}

/** The file's bytes: the header's length, the header, the tensors. */
function safetensors(tensors: ReadonlyMap<string, Tensor>): Buffer {
  let end = 0;
  const header: Record<string, object> = {};
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const bytes = [...tensors.values()].map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, text, ...bytes]);
}
