import { floatValue, type OnnxGraph, type OnnxNode, readOnnxGraph, writeOnnxGraph } from './onnx-graph.ts';

/** A graph without the layers that a client of split serving keeps. */
export interface BlocksGraph {
  /** The model file's content. */
  readonly file: Uint8Array;
  /** Input [rows, hidden size]: sums of the embeddings, before the first block and its norm. */
  readonly statesIn: string;
  /** Output [wanted rows, hidden size], as the output layer reads it; none for a graph without an output layer. */
  readonly statesOut: readonly string[];
  /** The weight that embeds tokens, which is not there any more; its second dimension is the hidden size. */
  readonly embedding: string;
  /** Weights that are still there. */
  readonly weights: ReadonlySet<string>;
}

/**
 * Cuts a graph where the embeddings of tokens and positions have been added up and, if it ends in log-probabilities, before the output
 * layer. Embeddings are recognized by how `onnx_export` writes them: rows of weights, gathered by tokens or positions, scaled by a
 * constant and added. The input `tokens` stays, because sizes are taken from its shape; its values are read by nobody. Throws an error
 * for a graph that is written otherwise.
 */
export function blocksGraph(file: Uint8Array, tokens: string, logProbabilities: string | null): BlocksGraph {
  const graph = readOnnxGraph(file);
  const { embedding, sum: statesIn } = embeddingsOf(graph, tokens);
  const statesOut = logProbabilities === null ? [] : [readByOutputLayer(graph, logProbabilities)];
  const outputs = [...graph.outputs.filter(({ name }) => name !== logProbabilities), ...statesOut.map(floatValue)];
  const needed = new Set(outputs.map(({ name }) => name));
  // A graph lists its nodes in an order in which they can run.
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (node.outputs.includes(statesIn) || !node.outputs.some((name) => needed.has(name))) continue;
    nodes.unshift(node);
    for (const name of node.inputs) needed.add(name);
  }
  const initializers = graph.initializers.filter(({ name }) => needed.has(name));
  return {
    file: writeOnnxGraph({ ...graph, nodes, initializers, outputs, inputs: [...graph.inputs, floatValue(statesIn)] }),
    ...{ statesIn, statesOut, embedding },
    weights: new Set(initializers.filter(({ isWeight }) => isWeight).map(({ name }) => name)),
  };
}

/** The weight that tokens choose rows of, and the value that is the sum of all embeddings. */
function embeddingsOf({ nodes, initializers }: OnnxGraph, tokens: string): { embedding: string; sum: string } {
  const weights = new Set(initializers.filter(({ isWeight }) => isWeight).map(({ name }) => name));
  const constants = new Set(initializers.map(({ name }) => name));
  const gathers = nodes.filter(({ kind, inputs }) => kind === 'Gather' && weights.has(inputs[0] ?? ''));
  const gathered = new Set(gathers.flatMap(({ outputs }) => outputs));
  const flat = nodes.find(({ kind, inputs }) => kind === 'Reshape' && inputs[0] === tokens)?.outputs[0];
  const ofTokens = gathers.find(({ inputs }) => inputs[1] === flat);
  const [embedding] = ofTokens?.inputs ?? [];
  let [sum] = ofTokens?.outputs ?? [];
  if (embedding === undefined || sum === undefined)
    throw new Error('The graph embeds no tokens where that is looked for.');
  for (;;) {
    const value: string = sum;
    const [reader, ...others] = nodes.filter(({ inputs }) => inputs.includes(value));
    const other = reader?.inputs.find((input) => input !== value) ?? '';
    const isEmbedding =
      (reader?.kind === 'Mul' && constants.has(other)) || (reader?.kind === 'Add' && gathered.has(other));
    const next = reader?.outputs[0];
    if (others.length > 0 || !isEmbedding || next === undefined) return { embedding, sum };
    sum = next;
  }
}

/** What the last linear layer reads. */
function readByOutputLayer({ nodes }: OnnxGraph, logProbabilities: string): string {
  let value = logProbabilities;
  for (const { kind, inputs, outputs } of nodes.toReversed()) {
    const [first] = inputs;
    if (!outputs.includes(value) || first === undefined) continue;
    if (kind === 'Gemm' || kind === 'MatMulNBits') return first;
    value = first;
  }
  throw new Error('The graph has no output layer where that is looked for.');
}
