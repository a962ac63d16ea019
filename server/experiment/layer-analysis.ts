import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EmbeddedBase } from '../../core/base-model/embedded-bases.ts';
import { JavaParser } from '../../core/java/java-parser.ts';
import { type MethodProperties, readMethodProperties } from '../../core/java/method-properties.ts';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { loadTokenizer, type Tokenizer } from '../../core/model-input/tokenizer.ts';
import { baseModelDirOf } from '../base/home-option.ts';
import { runTool } from '../base/run-tool.ts';
import { dataDirAt } from '../storage/data-dir.ts';
import { writeDurably } from '../storage/durable-file.ts';

/** What paper T looks at in each layer, before and after a run (server/trainer/bespoke_trainer/layer_analysis.py). */
export interface LayerAnalysis {
  /** Methods that were looked at. */
  readonly methods: number;
  /** By property, what always saying its most frequent class gets right. */
  readonly majority: Readonly<Record<string, number>>;
  /** From the bottom up. */
  readonly blocks: readonly BlockAnalysis[];
}

export interface BlockAnalysis {
  readonly block: string;
  /** Representational similarity to the same block before, at most 1. */
  readonly similarity: number;
  /** By property, the share of the methods whose class a linear probe finds. */
  readonly probes: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
}

export interface LayerAnalysisPlace {
  readonly home: string;
  readonly base: EmbeddedBase;
  readonly workspace: string;
  /** Where the main job keeps its server's data, its one adapter among them. */
  readonly serverFolder: string;
  /** Receives what the analysis reads and writes. */
  readonly work: string;
  readonly signal: AbortSignal;
}

/** Analyses the layers of the model that a run left. `null` where the repository has too few methods to tell anything. */
export async function analyseLayers(place: LayerAnalysisPlace): Promise<LayerAnalysis | null> {
  const { home, workspace, serverFolder, work, signal } = place;
  const base = baseModelDirOf(home, place.base);
  const pairs: TestPair[] = [];
  for await (const record of mineWorkspace({ workspace, mode: 'default', signal }))
    if (record.kind === 'pair') pairs.push(record.pair);
  signal.throwIfAborted();
  const parser = await JavaParser.create();
  try {
    const methods = probedMethods(parser, pairs, await loadTokenizer(base));
    if (methods.length < FEWEST_METHODS) return null;
    const [methodsFile, out] = [join(work, 'methods.jsonl'), join(work, 'layers.json')];
    await writeDurably(methodsFile, methods.map((method) => `${JSON.stringify(method)}\n`).join(''));
    const adapter = await onlyAdapter(serverFolder);
    const places = { base, adapter, methods: methodsFile, out };
    const args = Object.entries(places).flatMap(([name, path]) => [`--${name}`, path]);
    const python = join(home, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    // The bundle lies in dist/, beside the folder of the trainer.
    const trainerDir = fileURLToPath(new URL('../server/trainer', import.meta.url));
    await runTool(python, ['-m', 'bespoke_trainer.layer_analysis', ...args], { folder: trainerDir, signal });
    return JSON.parse(await readFile(out, 'utf8')) as LayerAnalysis;
  } finally {
    parser.delete();
  }
}

/** A method as the trainer reads it. */
export interface ProbedMethod {
  readonly tokens: readonly number[];
  readonly labels: MethodProperties;
}

/** The distinct focal methods of a repository that can be read, as many as take a few minutes, in the order of the pairs. */
export function probedMethods(parser: JavaParser, pairs: readonly TestPair[], tokenizer: Tokenizer): ProbedMethod[] {
  const sources = [...new Set(pairs.map(({ focalContext }) => focalContext.method))];
  return sources
    .flatMap((source): ProbedMethod[] => {
      const labels = readMethodProperties(parser, source);
      const tokens = tokenizer.encode(source).slice(0, MOST_TOKENS);
      return labels === null || tokens.length < 2 ? [] : [{ tokens, labels }];
    })
    .slice(0, MOST_METHODS);
}

/** As the trainer has it. */
const FEWEST_METHODS = 20;
const MOST_METHODS = 400;
const MOST_TOKENS = 512;

async function onlyAdapter(serverFolder: string): Promise<string> {
  const dataDir = dataDirAt(serverFolder);
  const found: string[] = [];
  for (const repository of await readdir(dataDir.repositories)) {
    const folder = dataDir.adapter(repository, '.');
    for (const name of await readdir(folder).catch(() => [])) {
      if ((await stat(join(folder, name))).isDirectory()) found.push(join(folder, name));
    }
  }
  const [adapter, ...others] = found;
  if (adapter === undefined || others.length > 0)
    throw new Error(`The run left ${found.length} adapters in place of one: run it again.`);
  return adapter;
}
