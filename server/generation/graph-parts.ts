import { floatValue, type OnnxGraph, type OnnxNode, readOnnxGraph, writeOnnxGraph } from './onnx-graph.ts';

/** A piece of a graph that runs on its own. */
export interface GraphPart {
  /** An ONNX model's content. */
  readonly graph: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Initializers whose bytes have to be given. */
  readonly weights: ReadonlySet<string>;
}

/** A graph in parts that give the same one after the other; each reads what those before it wrote, and the graph's inputs. */
export interface CutGraph {
  /** What does not depend on the changed weights. */
  readonly below: GraphPart;
  /** Every node that reads a changed weight, with what lies between them. */
  readonly changed: GraphPart;
  /** What only follows from them; `null` when nothing does. */
  readonly above: GraphPart | null;
}

/**
 * Cuts a graph below and above the nodes that read certain weights, so that models which differ in these weights alone share the rest, and
 * run it together. `result` is the output that everything works towards; other outputs, such as new keys and values, stay where they are
 * made.
 */
export function cutGraph(model: Uint8Array, changed: ReadonlySet<string>, result: string | null): CutGraph {
  const graph = readOnnxGraph(model);
  const weights = new Set(graph.initializers.filter(({ isWeight }) => isWeight).map(({ name }) => name));
  const { nodes } = graph;
  // A graph lists its nodes in an order in which they can run.
  const readsWeight = following(nodes, weights);
  const follows = following(nodes, changed);
  const leadsToChanged = leading(nodes, (node) => node.inputs.some((name) => changed.has(name)));
  const leadsToResult = leading(nodes, (node) => result !== null && node.outputs.includes(result));
  const placeOf = (node: OnnxNode): Place => {
    if (!readsWeight.has(node)) return 'anywhere';
    if (!follows.has(node)) return 'below';
    return leadsToChanged.has(node) || !leadsToResult.has(node) ? 'changed' : 'above';
  };
  const places = new Map(nodes.map((node) => [node, isRounding(node) ? 'anywhere' : placeOf(node)]));
  const nodesOf = (place: Place) => nodesFor(nodes, places, place);
  const all = { below: nodesOf('below'), changed: nodesOf('changed'), above: nodesOf('above') };
  const part = (place: keyof typeof all, ...others: (keyof typeof all)[]) => {
    const readElsewhere = namesOf(
      others.flatMap((other) => all[other]),
      'inputs',
    );
    return partOf(graph, all[place], (node) => places.get(node) === place, readElsewhere, weights);
  };
  return {
    below: part('below', 'changed', 'above'),
    changed: part('changed', 'below', 'above'),
    above: all.above.length > 0 ? part('above', 'below', 'changed') : null,
  };
}

/**
 * What costs next to nothing is done anew in each part that needs it: nodes that read no weight, such as one that works out a shape, and
 * those that round rows to eight bits, since parts hand on fp32 alone.
 */
type Place = 'anywhere' | 'below' | 'changed' | 'above';

function following(nodes: readonly OnnxNode[], values: ReadonlySet<string>): ReadonlySet<OnnxNode> {
  const reached = new Set(values);
  const found = new Set<OnnxNode>();
  for (const node of nodes) {
    if (!node.inputs.some((name) => reached.has(name))) continue;
    found.add(node);
    for (const name of node.outputs) reached.add(name);
  }
  return found;
}

function leading(nodes: readonly OnnxNode[], isEnd: (node: OnnxNode) => boolean): ReadonlySet<OnnxNode> {
  const wanted = new Set<string>();
  const found = new Set<OnnxNode>();
  for (const node of nodes.toReversed()) {
    if (!isEnd(node) && !node.outputs.some((name) => wanted.has(name))) continue;
    found.add(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return found;
}

const isRounding = ({ kind }: OnnxNode) => kind === 'DynamicQuantizeLinear';

/** A part's own nodes and, of those that are done anywhere, what they need. */
function nodesFor(nodes: readonly OnnxNode[], places: ReadonlyMap<OnnxNode, Place>, place: Place): OnnxNode[] {
  const isOwn = (node: OnnxNode) => places.get(node) === place;
  const able = nodes.filter((node) => isOwn(node) || places.get(node) === 'anywhere');
  const needed = leading(able, isOwn);
  return able.filter((node) => needed.has(node));
}

function partOf(
  graph: OnnxGraph,
  nodes: readonly OnnxNode[],
  isOwn: (node: OnnxNode) => boolean,
  readElsewhere: ReadonlySet<string>,
  weights: ReadonlySet<string>,
): GraphPart {
  const read = namesOf(nodes, 'inputs');
  const made = namesOf(nodes, 'outputs');
  const ownMade = namesOf(nodes.filter(isOwn), 'outputs');
  const initializers = graph.initializers.filter(({ name }) => read.has(name));
  const graphInputs = graph.inputs.filter(({ name }) => read.has(name));
  const graphOutputs = graph.outputs.filter(({ name }) => ownMade.has(name));
  const known = new Set([...made, ...[...initializers, ...graphInputs].map(({ name }) => name), NO_INPUT]);
  const handedOn = [...ownMade].filter((name) => readElsewhere.has(name));
  const inputs = [...graphInputs, ...[...read].filter((name) => !known.has(name)).map(floatValue)];
  const outputs = [...graphOutputs, ...handedOn.map(floatValue)];
  return {
    graph: writeOnnxGraph({ ...graph, nodes, initializers, inputs, outputs }),
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    weights: new Set(initializers.map(({ name }) => name).filter((name) => weights.has(name))),
  };
}

/** An input that may be left out and is. */
const NO_INPUT = '';

function namesOf(nodes: readonly OnnxNode[], end: 'inputs' | 'outputs'): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => node[end]));
}
