import type { TestPair } from '../../core/mining/test-pair.ts';
import {
  type Measurement as WireMeasurement,
  type TestPair as WirePair,
  HeldOutSplit as WireSplit,
  Strategy as WireStrategy,
} from '../../proto/gen/bespoke/v1/common.ts';
import type {
  Adapter as WireAdapter,
  Proof as WireProof,
  Run as WireRun,
} from '../../proto/gen/bespoke/v1/personalization.ts';
import {
  type RunEvent as WireEvent,
  type TrainingOptions as WireOptions,
  RunState as WireState,
} from '../../proto/gen/bespoke/v1/trainer.ts';
import {
  type Adapter,
  failureReasons,
  type HeldOutSplit,
  type Measurement,
  type PersonalizationRun,
  type Proof,
  type RequestedStrategy,
  type RunEvent,
  type RunEventKind,
  type RunFailure,
  type RunState,
  type Strategy,
  type TrainingOptions,
} from './run.ts';
import { ServerError } from './server-error.ts';

// Wire types stop here: everything behind this file sees domain types only.

export function strategyToWire(strategy: RequestedStrategy): WireStrategy {
  switch (strategy) {
    case 'custom':
      return WireStrategy.STRATEGY_CUSTOM;
    case 'embeddings-output':
      return WireStrategy.STRATEGY_EMBEDDINGS_OUTPUT;
    case 'last-decoder-block':
      return WireStrategy.STRATEGY_LAST_DECODER_BLOCK;
    case 'prefix':
      return WireStrategy.STRATEGY_PREFIX;
    case 'telly':
      return WireStrategy.STRATEGY_TELLY;
    case 'auto':
      return WireStrategy.STRATEGY_AUTO;
  }
}

function requestedStrategyFromWire(strategy: WireStrategy): RequestedStrategy {
  return strategy === WireStrategy.STRATEGY_AUTO ? 'auto' : strategyFromWire(strategy);
}

function strategyFromWire(strategy: WireStrategy): Strategy {
  switch (strategy) {
    case WireStrategy.STRATEGY_CUSTOM:
      return 'custom';
    case WireStrategy.STRATEGY_EMBEDDINGS_OUTPUT:
      return 'embeddings-output';
    case WireStrategy.STRATEGY_LAST_DECODER_BLOCK:
      return 'last-decoder-block';
    case WireStrategy.STRATEGY_PREFIX:
      return 'prefix';
    case WireStrategy.STRATEGY_TELLY:
      return 'telly';
    case WireStrategy.STRATEGY_AUTO:
    case WireStrategy.STRATEGY_UNSPECIFIED:
    case WireStrategy.UNRECOGNIZED:
      throw newerServer('strategy');
  }
}

export function splitToWire(split: HeldOutSplit): WireSplit {
  switch (split) {
    case 'by-pair':
      return WireSplit.HELD_OUT_SPLIT_BY_PAIR;
    case 'by-focal-class':
      return WireSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS;
  }
}

function splitFromWire(split: WireSplit): HeldOutSplit {
  switch (split) {
    case WireSplit.HELD_OUT_SPLIT_BY_PAIR:
      return 'by-pair';
    case WireSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS:
      return 'by-focal-class';
    case WireSplit.HELD_OUT_SPLIT_UNSPECIFIED:
    case WireSplit.UNRECOGNIZED:
      throw newerServer('held-out split');
  }
}

function stateFromWire(state: WireState): RunState {
  switch (state) {
    case WireState.RUN_STATE_QUEUED:
      return 'queued';
    case WireState.RUN_STATE_RUNNING:
      return 'running';
    case WireState.RUN_STATE_SUCCEEDED:
      return 'succeeded';
    case WireState.RUN_STATE_FAILED:
      return 'failed';
    case WireState.RUN_STATE_CANCELLED:
      return 'cancelled';
    case WireState.RUN_STATE_UNSPECIFIED:
    case WireState.UNRECOGNIZED:
      throw newerServer('run state');
  }
}

export function optionsToWire(options: TrainingOptions): WireOptions {
  return {
    seed: options.seed,
    learningRate: options.learningRate,
    maxEpochs: options.maxEpochs,
    batchSize: options.batchSize,
    patience: options.patience,
    prefixLength: options.prefixLength,
    frozenBlocks: options.frozenBlocks,
    computeType: options.computeType,
    cacheActivations: options.cacheActivations,
    threads: options.threads,
    checkpointEverySteps: options.checkpointEverySteps,
    prefixStart: options.prefixStart,
  };
}

export function pairToWire(pair: TestPair): WirePair {
  return {
    id: pair.id,
    testFile: pair.testFile,
    testClass: pair.testClass,
    testMethod: pair.testMethod,
    focalFile: pair.focalFile,
    focalClass: pair.focalClass,
    focalMethod: pair.focalMethod,
    testSource: pair.testSource,
    focalContext: {
      method: pair.focalContext.method,
      classDeclaration: pair.focalContext.classDeclaration,
      constructors: [...pair.focalContext.constructors],
      methods: [...pair.focalContext.methods],
      fields: [...pair.focalContext.fields],
      relatedTypes: [...pair.focalContext.relatedTypes],
    },
    confidence: pair.confidence,
    evidence: [...pair.evidence],
  };
}

export function runFromWire(run: WireRun | undefined): PersonalizationRun {
  if (run === undefined) throw emptyAnswer('run');
  return {
    id: run.id,
    repository: run.repository,
    corpusSha256: run.corpusSha256,
    strategy: requestedStrategyFromWire(run.strategy),
    choosesStrategy: run.requestedStrategy === WireStrategy.STRATEGY_AUTO,
    state: stateFromWire(run.state),
    createdMs: run.createdMs,
    endedMs: run.endedMs === 0 ? null : run.endedMs,
    lastSequence: run.lastSequence,
    adapterId: run.adapterId === '' ? null : run.adapterId,
    failure:
      run.failure === undefined ? null : { reason: reasonFromWire(run.failure.reason), message: run.failure.message },
    proofs: run.proofs.map(proofFromWire),
    trainPairs: run.trainPairs,
    imported: run.imported,
    trainPairIds: run.trainPairIds,
    validationPairIds: run.validationPairIds,
    nearestTests: run.nearestTests,
  };
}

export function proofFromWire(proof: WireProof): Proof {
  return {
    split: splitFromWire(proof.split),
    pairIds: proof.pairIds,
    base: proof.base === undefined ? null : measurementFromWire(proof.base),
    personalized: proof.personalized === undefined ? null : measurementFromWire(proof.personalized),
  };
}

/** Without single pairs. */
export function proofToWire({ split, base, personalized }: Proof): WireProof {
  const toWire = (measurement: Measurement | null) =>
    measurement === null ? undefined : { ...measurement, pairs: [] };
  return { split: splitToWire(split), pairIds: [], base: toWire(base), personalized: toWire(personalized) };
}

function reasonFromWire(reason: string): RunFailure['reason'] {
  return failureReasons.find((known) => known === reason) ?? 'unknown';
}

export function adapterFromWire(adapter: WireAdapter | undefined): Adapter {
  if (adapter === undefined) throw emptyAnswer('adapter');
  return {
    id: adapter.id,
    repository: adapter.repository,
    runId: adapter.runId,
    strategy: strategyFromWire(adapter.strategy),
    active: adapter.active,
    bytes: adapter.bytes,
    trainedParameters: adapter.trainedParameters,
    createdMs: adapter.createdMs,
    baseModelSha256: adapter.baseModelSha256,
    commit: adapter.commit === '' ? null : adapter.commit,
  };
}

export function eventFromWire(event: WireEvent | undefined): RunEvent {
  if (event === undefined) throw emptyAnswer('event');
  return { sequence: event.sequence, timeMs: event.timeMs, ...eventKindFromWire(event) };
}

function eventKindFromWire(event: WireEvent): RunEventKind {
  const part = event.event;
  switch (part?.$case) {
    case 'stageStarted':
      return { kind: 'stage', stage: part.value.stage, detail: part.value.detail };
    case 'stageProgress': {
      const { stage, done, total, etaSeconds } = part.value;
      return { kind: 'stage-progress', stage, done, total, etaSeconds };
    }
    case 'trainingProgress': {
      const { step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds } = part.value;
      return { kind: 'progress', step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds };
    }
    case 'validationMeasured': {
      const { step, epoch, validationLoss, best, petaflopSeconds } = part.value;
      return { kind: 'validation', step, epoch, validationLoss, best, petaflopSeconds };
    }
    case 'checkpointWritten':
      return { kind: 'checkpoint', step: part.value.step };
    case 'heldOutMeasured':
      if (part.value.measurement === undefined) throw emptyAnswer('measurement');
      return {
        kind: 'held-out',
        personalized: part.value.personalized,
        split: splitFromWire(part.value.split),
        measurement: measurementFromWire(part.value.measurement),
      };
    case 'adapterWritten': {
      const { bytes, trainedParameters, baseParameters, trainingSeconds, blockChanges } = part.value;
      return {
        kind: 'adapter',
        bytes,
        trainedParameters,
        baseParameters,
        trainingSeconds,
        blockChanges: blockChanges.map(({ block, meanAbsoluteChange }) => ({ block, meanAbsoluteChange })),
      };
    }
    case 'strategyProbed': {
      const { strategy, points } = part.value;
      const [base, last] = [points[0], points.at(-1)];
      if (base === undefined || last === undefined) throw emptyAnswer('probe');
      return {
        kind: 'strategy-probed',
        strategy: strategyFromWire(strategy),
        baseLoss: base.validationLoss,
        loss: last.validationLoss,
      };
    }
    case 'strategyLeftOut':
      return {
        kind: 'strategy-left-out',
        strategy: strategyFromWire(part.value.strategy),
        message: part.value.message,
      };
    case 'strategyChosen':
      return {
        kind: 'strategy-chosen',
        strategy: strategyFromWire(part.value.strategy),
        predictions: part.value.predictions.map(({ strategy, lossDrop, minutes, megabytes }) => ({
          ...{ strategy: strategyFromWire(strategy), lossDrop, minutes, megabytes },
        })),
      };
    case 'runFailed':
      return { kind: 'failed', reason: part.value.reason, message: part.value.message };
    case 'runCancelled':
      return { kind: 'cancelled', step: part.value.step };
    case 'stateChanged':
      return { kind: 'state', state: stateFromWire(part.value.state) };
    case undefined:
      return { kind: 'unknown' };
  }
}

function measurementFromWire(measurement: WireMeasurement): Measurement {
  return {
    loss: measurement.loss,
    perplexity: measurement.perplexity,
    targetTokens: measurement.targetTokens,
    pairs: measurement.pairs.map(({ pairId, lossSum, targetTokens }) => ({ pairId, lossSum, targetTokens })),
  };
}

function newerServer(what: string): ServerError {
  return new ServerError(
    'incompatible',
    `The server sent a ${what} that this version does not know: update the extension.`,
  );
}

export function emptyAnswer(what: string): ServerError {
  return new ServerError('internal', `The server sent an answer without a ${what}: look at its log.`);
}
