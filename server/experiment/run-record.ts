import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ComputedStrategy,
  type ExampleLengths,
  type TransformerSizes,
  trainingPetaflopSeconds,
} from '../../core/metrics/compute.ts';
import { type SystemRecord, systemRecordOf, type WrittenRecord } from '../base/evaluation-record.ts';
import { writeDurably } from '../storage/durable-file.ts';
import type { LayerAnalysis } from './layer-analysis.ts';
import { type RunSetting, runName } from './run-setting.ts';

/** What one run cost and how it went, the first line of its file. */
export interface RunRecord extends RunSetting {
  readonly kind: 'run';
  /** Pairs that were mined in the whole repository, and pairs that the run trained on. */
  readonly pairs: number;
  readonly trainPairs: number;
  readonly trainedParameters: number;
  readonly baseParameters: number;
  /** What has to be stored for the repository. */
  readonly adapterBytes: number;
  /** Most epochs that the training could have taken. */
  readonly maxEpochs: number;
  /** Of one epoch, by the accounting of paper P (core/metrics/compute.ts), which knows of no cache. */
  readonly publishedPetaflopSecondsPerEpoch: number;
  /** Of training alone. */
  readonly trainingSeconds: number;
  /** By stage of the main job; mining, writing and checking tests included. */
  readonly seconds: Readonly<Record<string, number>>;
  /** In their order, that of the base first. */
  readonly validation: readonly ValidationPoint[];
  /** From the bottom up; empty where no parameter of the base changed. */
  readonly blockChanges: readonly BlockChange[];
  /** `null` where nobody asked for it, or the repository has too few methods. */
  readonly layers: LayerAnalysis | null;
}

/** Where a training stood when its validation loss was measured. */
export interface ValidationPoint {
  readonly epoch: number;
  /** Nats per token of the team's tests. */
  readonly validationLoss: number;
  /** Compute so far, as the trainer counts it: cached activations cost nothing again. */
  readonly petaflopSeconds: number;
  /** Since the first of them. */
  readonly seconds: number;
}

export interface BlockChange {
  readonly block: string;
  readonly meanAbsoluteChange: number;
}

/** How one system did on one held-out pair. It holds no source code, so that it can be published. */
export interface PairRecord extends RunSetting, SystemRecord {
  readonly kind: 'pair';
  /** Cosine of the identifiers' tf-idf vectors, against the team's test. */
  readonly styleSimilarity: number;
}

/** A run that is done. */
export interface FinishedRun {
  readonly record: RunRecord;
  readonly pairs: readonly PairRecord[];
}

/** Where the records of the runs lie. */
export const runsFolder = (out: string) => join(out, 'runs');

/** The file is there complete or not at all: that it is there says that the run is done. */
export const runFile = (out: string, setting: RunSetting) => join(runsFolder(out), `${runName(setting)}.jsonl`);

export async function writeRun(out: string, { record, pairs }: FinishedRun): Promise<void> {
  const lines = [record, ...pairs].map((one) => `${JSON.stringify(one)}\n`);
  await writeDurably(runFile(out, record), lines.join(''));
}

/** All runs that are done, in the order of their names. */
export async function readRuns(out: string): Promise<FinishedRun[]> {
  const names = (await readdir(runsFolder(out)).catch(() => [])).filter((name) => name.endsWith('.jsonl')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(runsFolder(out), name), 'utf8');
      const [record, ...pairs] = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RunRecord | PairRecord);
      if (record?.kind !== 'run') throw new Error(`${name} does not begin with the record of a run: remove it.`);
      return { record, pairs: pairs.filter((pair) => pair.kind === 'pair') };
    }),
  );
}

/** What `bespoke start` left of a run. */
export interface WrittenRun {
  /** The JSON object that it says last. */
  readonly lastLine: string;
  /** Lines about candidates, and about what the training told. */
  readonly candidates: readonly string[];
  readonly events: readonly string[];
  /** Of the examples that the run trained on. */
  readonly lengths: readonly ExampleLengths[];
}

/** Reads what `bespoke start` wrote, and leaves every text of the repository behind. */
export function finishedRunOf(setting: RunSetting, written: WrittenRun, sizes: TransformerSizes): FinishedRun {
  const said = JSON.parse(written.lastLine) as Pick<RunRecord, 'pairs' | 'trainPairs' | 'seconds'>;
  const events = written.events.map((line) => JSON.parse(line) as WrittenEvent);
  const adapter = events.find((event) => event.kind === 'adapter');
  if (adapter === undefined) throw new Error(`The run ${runName(setting)} told of no adapter: run it again.`);
  const step = events.find((event) => event.kind === 'progress');
  const measured = events.filter((event) => event.kind === 'validation');
  const startMs = measured[0]?.timeMs ?? 0;
  const record: RunRecord = {
    kind: 'run',
    ...setting,
    pairs: said.pairs,
    trainPairs: said.trainPairs,
    trainedParameters: adapter.trainedParameters,
    baseParameters: adapter.baseParameters,
    adapterBytes: adapter.bytes,
    maxEpochs: step === undefined ? 0 : Math.round((step.maxSteps * step.epoch) / step.step),
    publishedPetaflopSecondsPerEpoch: trainingPetaflopSeconds(
      sizes,
      computedStrategyOf(setting, adapter, sizes),
      written.lengths,
    ),
    trainingSeconds: adapter.trainingSeconds,
    seconds: said.seconds,
    validation: measured.map(({ epoch, validationLoss, petaflopSeconds, timeMs }) => ({
      ...{ epoch, validationLoss, petaflopSeconds },
      seconds: (timeMs - startMs) / 1000,
    })),
    blockChanges: adapter.blockChanges,
    layers: null,
  };
  const pairs = written.candidates.map((line): PairRecord => {
    const one = JSON.parse(line) as WrittenRecord & { readonly styleSimilarity: number };
    return { kind: 'pair', ...setting, ...systemRecordOf(one), styleSimilarity: one.styleSimilarity };
  });
  return { record, pairs };
}

/** What the run trained, as far as compute depends on it; where the trainer chose a number, what it trained tells which. */
function computedStrategyOf(
  { strategy, frozenBlocks }: RunSetting,
  adapter: { readonly trainedParameters: number; readonly blockChanges: readonly BlockChange[] },
  sizes: TransformerSizes,
): ComputedStrategy {
  const blocks = sizes.encoderBlocks + sizes.decoderBlocks;
  switch (strategy) {
    case 'prefix':
      // Keys and values for every block, as wide as the heads that share them.
      return { strategy, prefixLength: adapter.trainedParameters / (2 * blocks * sizes.keyValueSize) };
    case 'telly': {
      const trained = adapter.blockChanges.filter(({ block }) => /^(en|de)coder\.\d+$/.test(block)).length;
      return { strategy, frozenBlocks: frozenBlocks ?? blocks - trained };
    }
    default:
      return { strategy };
  }
}

/** The lines of the events file that a record needs. */
type WrittenEvent =
  | { readonly kind: 'stage' | 'state' | 'checkpoint' | 'held-out'; readonly timeMs: number }
  | {
      readonly kind: 'progress';
      readonly timeMs: number;
      readonly step: number;
      readonly maxSteps: number;
      readonly epoch: number;
    }
  | ({ readonly kind: 'validation'; readonly timeMs: number } & Omit<ValidationPoint, 'seconds'>)
  | {
      readonly kind: 'adapter';
      readonly timeMs: number;
      readonly bytes: number;
      readonly trainedParameters: number;
      readonly baseParameters: number;
      readonly trainingSeconds: number;
      readonly blockChanges: readonly BlockChange[];
    };
