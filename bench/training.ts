import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import { loadTokenizer } from '../core/model-input/tokenizer.ts';
import { baseModelDirOf, pythonOf } from '../extension/local-server/layout.ts';
import { readBaseModelFolder } from '../server/base-model/base-model-folder.ts';
import { home, root } from '../test/server/support/places.ts';
import { basesOf } from './base-models.ts';
import { sampleExamples } from './model-inputs.ts';
import { percentile } from './percentile.ts';
import { competitorPackages } from './python-packages.ts';

export const options = {
  rounds: { type: 'string', default: '5' },
  examples: { type: 'string', default: '24' },
  strategies: { type: 'string', default: 'last-decoder-block,telly,custom,prefix,embeddings-output' },
  /** When left out: all that come with Bespoke. */
  base: { type: 'string' },
} as const;

type Engine = 'bespoke' | 'hugging-face' | 'hugging-face-tuned';
const engines: readonly Engine[] = ['bespoke', 'hugging-face', 'hugging-face-tuned'];
/** The loss trace is compared for these: one with a cache, one without. */
const traced = ['last-decoder-block', 'custom'];

interface Epoch {
  readonly seconds: number;
  readonly fillSeconds?: number;
  readonly losses?: readonly number[];
  readonly order?: readonly number[];
  readonly learningRates?: readonly number[];
  readonly peakBytes: number;
}

/**
 * One epoch of personalization with the bases that come with Bespoke, as the product trains them (bf16 where the processor has it, frozen
 * activations cached), against Hugging Face `Trainer` and PEFT as their users write them, and with their own bf16 and length grouping
 * switched on. A base's ratio is last-decoder-block: seconds of plain Hugging Face over seconds of an epoch once the cache is filled; the
 * ratio of all is the lowest.
 */
export default async function measure(given: Given, say: (line: string) => void): Promise<object> {
  const bases: Record<string, BaseFigures> = {};
  for (const base of basesOf(given.base)) bases[base] = await measureBase(base, given, say);
  const ratios = Object.values(bases).map(({ ratio }) => ratio);
  return {
    ratio: ratios.includes(null) ? null : Math.min(...ratios.map(Number)),
    ...{ examples: Number(given.examples), rounds: Number(given.rounds), bases },
  };
}

interface Given {
  readonly rounds: string;
  readonly examples: string;
  readonly strategies: string;
  readonly base?: string | undefined;
}

interface BaseFigures {
  /** `null` where last-decoder-block was not measured. */
  readonly ratio: number | null;
  /** Of a step's loss, in nats, in fp32. */
  readonly largestLossDifference: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, ReturnType<typeof figuresOf>>>;
}

async function measureBase(base: EmbeddedBase, given: Given, say: (line: string) => void): Promise<BaseFigures> {
  const work = mkdtempSync(join(tmpdir(), 'bespoke-bench-training-'));
  try {
    const place = await prepare(work, baseModelDirOf(home, base), Number(given.examples));
    const figures: Record<string, ReturnType<typeof figuresOf>> = {};
    for (const strategy of given.strategies.split(',')) {
      const epochs: Record<Engine, Epoch[]> = { bespoke: [], 'hugging-face': [], 'hugging-face-tuned': [] };
      for (let round = 0; round < Number(given.rounds); round++)
        for (const engine of engines) epochs[engine].push(train(place, engine, strategy, `${round}`));
      figures[strategy] = figuresOf(epochs);
      say(`${base}, ${strategy}: ${JSON.stringify(figures[strategy])}`);
    }
    const largestLossDifference: Record<string, number> = {};
    for (const strategy of traced) largestLossDifference[strategy] = lossDifference(place, strategy);
    say(`${base}: largest difference of a step's loss, in nats, in fp32: ${JSON.stringify(largestLossDifference)}`);
    return { ratio: figures['last-decoder-block']?.epochSpeedUp ?? null, largestLossDifference, figures };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export interface Place {
  readonly work: string;
  readonly base: string;
  readonly examples: string;
  readonly packages: string;
}

/** The examples and what the engines run with; `work` is an empty folder. */
export async function prepare(work: string, base: string, count: number): Promise<Place> {
  const { manifest } = await readBaseModelFolder(base, 'header');
  const examples = join(work, 'examples.jsonl');
  const made = await sampleExamples(await loadTokenizer(base), manifest.maxInputTokens, count + 2);
  // The reader wants examples to validate on; nothing here does.
  const lines = made.map((example, at) => ({ ...example, split: at < count ? 'train' : 'validation' }));
  writeFileSync(examples, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return { work, base, examples, packages: competitorPackages() };
}

/** One epoch in a process of its own. */
export function train(
  place: Place,
  engine: Engine,
  strategy: string,
  name: string,
  more: readonly string[] = [],
): Epoch {
  const folder = join(place.work, `${engine}-${strategy}-${name}`);
  mkdirSync(folder, { recursive: true });
  const precision = name === 'trace' ? 'float32' : 'bfloat16';
  const script = join(root, 'server', 'trainer', 'benchmarks', 'training_run.py');
  const where = [place.base, place.examples, folder, String(availableParallelism()), ...more];
  const { stdout, stderr, status } = spawnSync(pythonOf(home), [script, engine, strategy, precision, ...where], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: {
      ...process.env,
      PYTHONPATH: `${join(root, 'server', 'trainer')}:${place.packages}`,
      OMP_WAIT_POLICY: 'PASSIVE',
    },
  });
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${engine} could not train ${strategy}: ${stderr.trim().split('\n').at(-1)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Epoch;
}

/** Both in fp32, the same batches in the same order: the cache and the packed layout must change nothing. */
function lossDifference(place: Place, strategy: string): number {
  const own = train(place, 'bespoke', strategy, 'trace');
  const plan = join(place.work, 'plan.json');
  writeFileSync(plan, JSON.stringify({ order: own.order, learningRates: own.learningRates }));
  const plain = train(place, 'hugging-face', strategy, 'trace', [plan]).losses ?? [];
  return Math.max(...(own.losses ?? []).map((loss, step) => Math.abs(loss - (plain[step] ?? Number.NaN))));
}

/** Few for a training: the cache is filled once for all of them. */
const EPOCHS = 3;

function figuresOf(epochs: Record<Engine, readonly Epoch[]>) {
  const median = (engine: Engine, value: (epoch: Epoch) => number) =>
    percentile(epochs[engine].map(value), 0.5) ?? Number.NaN;
  const seconds = (engine: Engine) => median(engine, (epoch) => epoch.seconds);
  const withFill = median('bespoke', (epoch) => epoch.seconds + (epoch.fillSeconds ?? 0));
  const pairs = (over: Engine) =>
    epochs.bespoke.map((own, round) => (epochs[over][round]?.seconds ?? Number.NaN) / own.seconds);
  return {
    epochSpeedUp: seconds('hugging-face') / seconds('bespoke'),
    lowest: Math.min(...pairs('hugging-face')),
    highest: Math.max(...pairs('hugging-face')),
    oneEpochWithFilling: seconds('hugging-face') / withFill,
    trainingWithFilling: (EPOCHS * seconds('hugging-face')) / (withFill + (EPOCHS - 1) * seconds('bespoke')),
    epochSpeedUpOverTuned: seconds('hugging-face-tuned') / seconds('bespoke'),
    seconds: {
      ...Object.fromEntries(engines.map((engine) => [engine, seconds(engine)])),
      fillOfBespoke: withFill - seconds('bespoke'),
    },
    peakBytes: Object.fromEntries(engines.map((engine) => [engine, median(engine, (epoch) => epoch.peakBytes)])),
  };
}
