import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { baseModelRefused } from '../errors.ts';

/** `onnx/graph.json` of a base-model folder: the graphs' inputs, outputs and initializers by role. */
export interface GraphDescription {
  readonly decoder: DecoderDescription;
  /** `null` for a decoder-only model. */
  readonly encoder: EncoderDescription | null;
}

/** How exact the weights are: as trained, or eight bits per weight with eight bits per activation. */
export type Precision = 'float32' | 'int8';

/** See BASE_MODEL_FORMAT.md. */
export type Encoding = 'float32' | 'int8-blocks' | 'int8-block-scales' | 'int8-columns' | 'int8-column-scales';

/** One initializer and how its bytes are made from a tensor of `model.safetensors`. */
export interface InitializerDescription {
  readonly name: string;
  readonly tensor: string;
  readonly encoding: Encoding;
}

interface Graph {
  readonly precisions: Readonly<
    Record<Precision, { readonly file: string; readonly initializers: readonly InitializerDescription[] }>
  >;
  /** Positions that the graph knows. */
  readonly maxPositions: number;
}

/** Names of inputs and outputs; lists hold one for each block. */
export interface DecoderDescription extends Graph {
  readonly inputs: {
    readonly tokens: string;
    readonly positions: string;
    readonly visibility: string;
    readonly wantedFrom: string;
    readonly pastKeys: readonly string[];
    readonly pastValues: readonly string[];
    readonly pastPositions?: string;
    readonly crossVisibility?: string;
    readonly crossKeys?: readonly string[];
    readonly crossValues?: readonly string[];
  };
  readonly outputs: {
    readonly logProbabilities: string;
    readonly newKeys: readonly string[];
    readonly newValues: readonly string[];
  };
}

/** Names of inputs and outputs; lists hold one for each block of the encoder (prefix) or the decoder (cross-attention). */
export interface EncoderDescription extends Graph {
  readonly inputs: {
    readonly tokens: string;
    readonly prefixKeys: readonly string[];
    readonly prefixValues: readonly string[];
  };
  readonly outputs: { readonly crossKeys: readonly string[]; readonly crossValues: readonly string[] };
}

/** Reads the description; throws the `base-model-refused` error when there is none that this version knows. */
export async function readGraphDescription(baseModelDir: string): Promise<GraphDescription> {
  try {
    const description = JSON.parse(
      await readFile(join(baseModelDir, 'onnx', 'graph.json'), 'utf8'),
    ) as GraphDescription & { format?: unknown };
    if (description.format === 1 && description.decoder !== null) return description;
  } catch (error) {
    throw baseModelRefused('it has no readable onnx/graph.json', { cause: error });
  }
  throw baseModelRefused('its onnx/graph.json has another format than this version reads');
}
