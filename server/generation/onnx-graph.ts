import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** What of an ONNX model has to be known to cut it; the rest is passed on as it is. Names are those of the graph's values. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly NamedBytes[];
  readonly outputs: readonly NamedBytes[];
  /** Fields of the model beside its graph, and of the graph beside the above, with their tags. */
  readonly modelRest: readonly Uint8Array[];
  readonly graphRest: readonly Uint8Array[];
}

export interface OnnxNode {
  /** The operator's name. */
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bytes: Uint8Array;
}

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface OnnxInitializer extends NamedBytes {
  /** Whether its bytes lie outside the file: a weight of the model, where others are constants of the graph. */
  readonly isWeight: boolean;
}

// Numbers of the fields in onnx.proto3.
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 };
const NODE = { input: 1, output: 2, kind: 4 };
const TENSOR = { name: 8, externalData: 13 };
const VALUE = { name: 1, type: 2 };
const TYPE = { tensor: 1, elementType: 1 };
const FLOAT = 1;

export function readOnnxGraph(model: Uint8Array): OnnxGraph {
  const modelFields = [...fieldsOf(model)];
  const graph = modelFields.find(({ number }) => number === MODEL.graph);
  if (graph === undefined) throw new Error('The file is no ONNX model: it has no graph.');
  const fields = [...fieldsOf(graph.bytes)];
  const all = (number: number) => fields.filter((field) => field.number === number).map(({ bytes }) => bytes);
  const known: readonly number[] = Object.values(GRAPH);
  return {
    nodes: all(GRAPH.node).map((bytes) => ({
      kind: textsOf(bytes, NODE.kind)[0] ?? '',
      inputs: textsOf(bytes, NODE.input),
      outputs: textsOf(bytes, NODE.output),
      bytes,
    })),
    initializers: all(GRAPH.initializer).map((bytes) => ({
      name: textsOf(bytes, TENSOR.name)[0] ?? '',
      isWeight: [...fieldsOf(bytes)].some(({ number }) => number === TENSOR.externalData),
      bytes,
    })),
    inputs: all(GRAPH.input).map((bytes) => ({ name: textsOf(bytes, VALUE.name)[0] ?? '', bytes })),
    outputs: all(GRAPH.output).map((bytes) => ({ name: textsOf(bytes, VALUE.name)[0] ?? '', bytes })),
    modelRest: modelFields.filter(({ number }) => number !== MODEL.graph).map(({ tagged }) => tagged),
    graphRest: fields.filter(({ number }) => !known.includes(number)).map(({ tagged }) => tagged),
  };
}

export function writeOnnxGraph(graph: OnnxGraph): Uint8Array {
  const body = new BinaryWriter();
  const put = (number: number, all: readonly { readonly bytes: Uint8Array }[]) => {
    for (const { bytes } of all) body.tag(number, WireType.LengthDelimited).bytes(bytes);
  };
  put(GRAPH.node, graph.nodes);
  for (const bytes of graph.graphRest) body.raw(bytes);
  put(GRAPH.initializer, graph.initializers);
  put(GRAPH.input, graph.inputs);
  put(GRAPH.output, graph.outputs);
  const model = new BinaryWriter();
  for (const bytes of graph.modelRest) model.raw(bytes);
  return model.tag(MODEL.graph, WireType.LengthDelimited).bytes(body.finish()).finish();
}

/** The description of an fp32 value of any shape, for a graph's inputs and outputs. */
export function floatValue(name: string): NamedBytes {
  const tensor = new BinaryWriter().tag(TYPE.elementType, WireType.Varint).int32(FLOAT).finish();
  const type = new BinaryWriter().tag(TYPE.tensor, WireType.LengthDelimited).bytes(tensor).finish();
  const value = new BinaryWriter().tag(VALUE.name, WireType.LengthDelimited).string(name);
  return { name, bytes: value.tag(VALUE.type, WireType.LengthDelimited).bytes(type).finish() };
}

interface Field {
  readonly number: number;
  /** What it holds, where that has a length; else nothing. */
  readonly bytes: Uint8Array;
  readonly tagged: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    const hasLength = type === WireType.LengthDelimited;
    const bytes = hasLength ? reader.bytes() : new Uint8Array(0);
    if (!hasLength) reader.skip(type, number);
    yield { number, bytes, tagged: message.subarray(start, reader.pos) };
  }
}

function textsOf(message: Uint8Array, field: number): string[] {
  const decoder = new TextDecoder();
  return [...fieldsOf(message)].filter(({ number }) => number === field).map(({ bytes }) => decoder.decode(bytes));
}
