import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import { baseModelDirOf, pythonOf } from '../extension/local-server/layout.ts';
import { readBaseModelFolder } from '../server/base-model/base-model-folder.ts';
import { bestPrecision } from '../server/generation/best-precision.ts';
import { createGenerator, type Generator } from '../server/generation/generator.ts';
import { home, root } from '../test/server/support/places.ts';
import { basesOf } from './base-models.ts';
import { startLineProcess } from './line-process.ts';
import { sampleExamples } from './model-inputs.ts';
import { percentile } from './percentile.ts';
import { competitorPackages } from './python-packages.ts';

export const options = {
  rounds: { type: 'string', default: '5' },
  inputs: { type: 'string', default: '8' },
  /** When left out: all that come with Bespoke. */
  base: { type: 'string' },
} as const;

const maxNewTokens = 100;
const settings = [
  { name: 'greedy, batch 1', beams: 1, batch: 1 },
  { name: 'beam 5, batch 1', beams: 5, batch: 1 },
  { name: 'greedy, batch 16', beams: 1, batch: 16 },
] as const;

/** Tokens of each input of a batch, and seconds until all were there. */
type Engine = (inputs: readonly (readonly number[])[], beams: number) => Promise<Written>;
interface Written {
  readonly seconds: number;
  readonly outputs: readonly (readonly number[])[];
}

/**
 * Writing tests with the bases that come with Bespoke, as the product does it (with reading ahead in greedy search), against Hugging Face
 * `generate` and CTranslate2 in eight bits, on the same weights, inputs and threads, interleaved. A base's ratio is greedy search, one
 * request at a time: tokens per second over CTranslate2's; the ratio of all is the lowest. `alike` is how much of a text is as Hugging Face
 * writes it in fp32: in eight bits the others may take another token where two are nearly as likely.
 */
export default async function measure(given: Given, say: (line: string) => void): Promise<object> {
  const bases: Record<string, BaseFigures> = {};
  for (const base of basesOf(given.base)) bases[base] = await measureBase(base, given, say);
  return {
    ratio: Math.min(...Object.values(bases).map(({ ratio }) => ratio)),
    ...{ precision: bestPrecision(), threads: availableParallelism(), rounds: Number(given.rounds) },
    ...{ inputs: Number(given.inputs), bases },
  };
}

interface Given {
  readonly rounds: string;
  readonly inputs: string;
  readonly base?: string | undefined;
}

interface BaseFigures {
  readonly ratio: number;
  readonly overHuggingFace: number;
  readonly settings: Readonly<Record<string, object>>;
}

async function measureBase(base: EmbeddedBase, given: Given, say: (line: string) => void): Promise<BaseFigures> {
  const baseModelDir = baseModelDirOf(home, base);
  const threads = availableParallelism();
  // CTranslate2's form of a model is kept, and is that of these weights only.
  const { sha256 } = await readBaseModelFolder(baseModelDir, 'header');
  const work = join(home, 'benchmark-models', `${base}-${sha256.slice(0, 16)}`);
  mkdirSync(work, { recursive: true });
  const script = join(root, 'server', 'trainer', 'benchmarks', 'generation_engines.py');
  const others = await startLineProcess(pythonOf(home), [script, baseModelDir, work, String(threads)], {
    PYTHONPATH: competitorPackages(),
    OMP_WAIT_POLICY: 'PASSIVE',
  });
  const generator = await createGenerator({
    ...{ baseModelDir, threads, precision: bestPrecision(), maxConcurrentRequests: 16 },
    workerFile: join(root, 'dist', 'generation-worker.js'),
  });
  try {
    const other =
      (engine: string): Engine =>
      async (inputs, beams) =>
        (await others.ask({ engine, inputs, beams, maxNewTokens })) as Written;
    const engines: Record<string, Engine> = {
      bespoke: ours(generator),
      'ctranslate2-int8': other('ctranslate2-int8'),
      'hugging-face': other('hugging-face'),
    };
    const { maxInputTokens } = generator.base.manifest;
    const examples = await sampleExamples(generator.tokenizer, maxInputTokens, Number(given.inputs));
    const inputs = examples.map(({ source }) => source);
    for (const write of Object.values(engines)) await write(inputs.slice(0, 1), 1);
    const figures: Record<string, object> = {};
    for (const { name, beams, batch } of settings) {
      const rates: Record<string, number[]> = {};
      const seconds: Record<string, number[]> = {};
      const outputs: Record<string, (readonly number[])[]> = {};
      for (let round = 0; round < Number(given.rounds); round++)
        for (const [engine, write] of Object.entries(engines)) {
          const batches = batchesOf(inputs, batch);
          let [tokens, spent] = [0, 0];
          for (const one of batches) {
            const written = await write(one, beams);
            spent += written.seconds;
            tokens += written.outputs.reduce((sum, output) => sum + output.length, 0);
            seconds[engine] = [...(seconds[engine] ?? []), written.seconds];
            if (round === 0) outputs[engine] = [...(outputs[engine] ?? []), ...written.outputs];
          }
          rates[engine] = [...(rates[engine] ?? []), tokens / spent];
        }
      figures[name] = Object.fromEntries(
        Object.keys(engines).map((engine) => {
          const alike = sharedStart(outputs[engine] ?? [], outputs['hugging-face'] ?? []);
          return [engine, { ...spread(rates, seconds, engine), alike }];
        }),
      );
      say(`${base}, ${name}: ${JSON.stringify(figures[name])}`);
    }
    const greedy = figures[settings[0].name] as Record<string, { readonly tokensPerSecond: number }>;
    const rate = (engine: string) => greedy[engine]?.tokensPerSecond ?? Number.NaN;
    return {
      ratio: rate('bespoke') / rate('ctranslate2-int8'),
      overHuggingFace: rate('bespoke') / rate('hugging-face'),
      settings: figures,
    };
  } finally {
    await generator.close();
    await others.close();
  }
}

/** All requests of a batch at once, as the server gets them; the candidate ends where the model ends it. */
function ours(generator: Generator): Engine {
  return async (inputs, beams) => {
    const started = performance.now();
    const outputs = await Promise.all(
      inputs.map(async (tokens) => {
        const beam = beams === 1 ? null : { lengthPenalty: 1, earlyStopping: false };
        const request = { tenantId: 'bench', adapter: null, tokens, candidates: beams, beam, maxNewTokens };
        let first: readonly number[] | undefined;
        const parts = generator.generateFromTokens({ ...request, atEndOfMethod: false }, new AbortController().signal);
        for await (const part of parts) if (part.kind === 'candidate') first ??= part.tokens;
        return first ?? [];
      }),
    );
    return { seconds: (performance.now() - started) / 1000, outputs };
  };
}

/** The inputs in batches; a batch larger than all of them repeats some. */
function batchesOf(inputs: readonly (readonly number[])[], size: number): (readonly (readonly number[])[])[] {
  if (size >= inputs.length)
    return [Array.from({ length: size }, (_, at) => inputs[at % inputs.length] as readonly number[])];
  return Array.from({ length: Math.ceil(inputs.length / size) }, (_, at) => inputs.slice(at * size, (at + 1) * size));
}

/** Of each text the share of tokens before the first that is another one; the mean of all. */
function sharedStart(own: readonly (readonly number[])[], others: readonly (readonly number[])[]): number {
  const shares = own.map((tokens, at) => {
    const other = others[at] ?? [];
    const longest = Math.max(tokens.length, other.length);
    const first = Array.from({ length: longest }).findIndex((_, place) => tokens[place] !== other[place]);
    return first < 0 ? 1 : first / longest;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function spread(rates: Record<string, number[]>, seconds: Record<string, number[]>, engine: string) {
  const own = rates[engine] ?? [];
  return {
    tokensPerSecond: percentile(own, 0.5),
    lowest: Math.min(...own),
    highest: Math.max(...own),
    secondsOfBatch: percentile(seconds[engine] ?? [], 0.5),
  };
}
