import type * as common from '../../proto/gen/bespoke/v1/common.ts';
import type * as personalization from '../../proto/gen/bespoke/v1/personalization.ts';
import * as trainer from '../../proto/gen/bespoke/v1/trainer.ts';
import type { Measurement, Proof, Run, RunState } from '../runs/run.ts';
import type { RunEvent, RunHappening } from '../runs/run-event.ts';
import { splitFromWire, splitToWire, strategyFromWire, strategyToWire } from './convert-strategy.ts';

export function runToWire(run: Run): personalization.Run {
  return {
    id: run.id,
    repository: run.repository,
    corpusSha256: run.corpusSha256,
    strategy: strategyToWire[run.strategy],
    requestedStrategy: strategyToWire[run.requestedStrategy],
    proofs: run.proofs.map(proofToWire),
    state: stateToWire[run.state],
    createdMs: run.createdMs,
    endedMs: run.endedMs ?? 0,
    lastSequence: run.lastSequence,
    adapterId: run.adapterId ?? '',
    failure: run.failure === null ? undefined : { reason: run.failure.reason, message: run.failure.message },
    trainPairs: run.trainPairIds.length,
    imported: run.imported,
    nearestTests: run.nearestTests,
    trainPairIds: [...run.trainPairIds],
    validationPairIds: [...run.validationPairIds],
  };
}

export function proofToWire(proof: Proof): personalization.Proof {
  return {
    split: splitToWire[proof.split],
    pairIds: [...proof.pairIds],
    base: proof.base === null ? undefined : measurementToWire(proof.base),
    personalized: proof.personalized === null ? undefined : measurementToWire(proof.personalized),
  };
}

/** A proof as it was told, less the single pairs. */
export function proofFromWire(proof: personalization.Proof): Proof {
  const measured = (measurement: common.Measurement | undefined) =>
    measurement === undefined ? null : { ...measurementFromWire(measurement), pairs: [] };
  return {
    split: splitFromWire(proof.split),
    pairIds: [],
    base: measured(proof.base),
    personalized: measured(proof.personalized),
  };
}

/** Without ids and losses of single pairs. */
export function withoutPairs(proof: Proof): Proof {
  const less = (measurement: Measurement | null) => (measurement === null ? null : { ...measurement, pairs: [] });
  return { ...proof, pairIds: [], base: less(proof.base), personalized: less(proof.personalized) };
}

/** A run in a list: without what is told of single pairs, which for many runs would not fit into one message. */
export function listedRunToWire(run: Run): personalization.Run {
  const proofs = run.proofs.map(withoutPairs);
  const listed = runToWire({ ...run, trainPairIds: [], validationPairIds: [], proofs });
  return { ...listed, trainPairs: run.trainPairIds.length };
}

export function runEventToWire(event: RunEvent): trainer.RunEvent {
  return { sequence: event.sequence, timeMs: event.timeMs, event: happeningToWire(event.happening) };
}

function happeningToWire(happening: RunHappening): NonNullable<trainer.RunEvent['event']> {
  switch (happening.kind) {
    case 'stage-started': {
      const { stage, detail } = happening;
      return { $case: 'stageStarted', value: { stage, detail } };
    }
    case 'stage-progress': {
      const { stage, done, total, etaSeconds } = happening;
      return { $case: 'stageProgress', value: { stage, done, total, etaSeconds } };
    }
    case 'training-progress': {
      const { step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds } = happening;
      return {
        $case: 'trainingProgress',
        value: { step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds },
      };
    }
    case 'validation-measured': {
      const { step, epoch, validationLoss, best, petaflopSeconds } = happening;
      return { $case: 'validationMeasured', value: { step, epoch, validationLoss, best, petaflopSeconds } };
    }
    case 'checkpoint-written':
      return { $case: 'checkpointWritten', value: { step: happening.step } };
    case 'held-out-measured': {
      const { personalized, split, measurement } = happening;
      const value = { personalized, split: splitToWire[split], measurement: measurementToWire(measurement) };
      return { $case: 'heldOutMeasured', value };
    }
    case 'adapter-written': {
      const { bytes, trainedParameters, baseParameters, manifestSha256, trainingSeconds } = happening;
      const blockChanges = happening.blockChanges.map(({ block, meanAbsoluteChange }) => ({
        block,
        meanAbsoluteChange,
      }));
      return {
        $case: 'adapterWritten',
        value: { bytes, trainedParameters, baseParameters, manifestSha256, trainingSeconds, blockChanges },
      };
    }
    case 'strategy-probed': {
      const { strategy, trainPairs, maxEpochs, adapterBytes } = happening;
      const points = happening.points.map((point) => ({ ...point }));
      const value = { strategy: strategyToWire[strategy], trainPairs, points, maxEpochs, adapterBytes };
      return { $case: 'strategyProbed', value };
    }
    case 'strategy-left-out': {
      const { strategy, reason, message } = happening;
      return { $case: 'strategyLeftOut', value: { strategy: strategyToWire[strategy], reason, message } };
    }
    case 'strategy-chosen': {
      const predictions = happening.predictions.map((one) => ({ ...one, strategy: strategyToWire[one.strategy] }));
      return { $case: 'strategyChosen', value: { strategy: strategyToWire[happening.strategy], predictions } };
    }
    case 'run-failed':
      return { $case: 'runFailed', value: { reason: happening.reason, message: happening.message } };
    case 'run-cancelled':
      return { $case: 'runCancelled', value: { step: happening.step } };
    case 'state-changed':
      return { $case: 'stateChanged', value: { state: stateToWire[happening.state] } };
  }
}

/** What a trainer's event tells; `undefined` for what only the server may say and for what this version does not know. */
export function happeningFromWire(event: trainer.RunEvent): RunHappening | undefined {
  const part = event.event;
  switch (part?.$case) {
    case 'stageStarted':
      return { kind: 'stage-started', stage: part.value.stage, detail: part.value.detail };
    case 'stageProgress': {
      const { stage, done, total, etaSeconds } = part.value;
      return { kind: 'stage-progress', stage, done, total, etaSeconds };
    }
    case 'trainingProgress': {
      const { step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds } = part.value;
      return { kind: 'training-progress', step, maxSteps, epoch, loss, tokensPerSecond, etaSeconds, petaflopSeconds };
    }
    case 'validationMeasured': {
      const { step, epoch, validationLoss, best, petaflopSeconds } = part.value;
      return { kind: 'validation-measured', step, epoch, validationLoss, best, petaflopSeconds };
    }
    case 'checkpointWritten':
      return { kind: 'checkpoint-written', step: part.value.step };
    case 'heldOutMeasured': {
      const { personalized, split, measurement } = part.value;
      if (measurement === undefined) return undefined;
      return {
        kind: 'held-out-measured',
        personalized,
        split: splitFromWire(split),
        measurement: measurementFromWire(measurement),
      };
    }
    case 'adapterWritten': {
      const { bytes, trainedParameters, baseParameters, manifestSha256, trainingSeconds } = part.value;
      const blockChanges = part.value.blockChanges.map(({ block, meanAbsoluteChange }) => ({
        block,
        meanAbsoluteChange,
      }));
      return {
        kind: 'adapter-written',
        bytes,
        trainedParameters,
        baseParameters,
        manifestSha256,
        trainingSeconds,
        blockChanges,
      };
    }
    case 'runFailed':
      return { kind: 'run-failed', reason: part.value.reason, message: part.value.message };
    case 'runCancelled':
      return { kind: 'run-cancelled', step: part.value.step };
    case 'strategyProbed': {
      const { strategy, trainPairs, maxEpochs, adapterBytes } = part.value;
      const points = part.value.points.map(({ validationLoss, petaflopSeconds, seconds }) => ({
        ...{ validationLoss, petaflopSeconds, seconds },
      }));
      return {
        ...{ kind: 'strategy-probed', strategy: strategyFromWire(strategy) },
        ...{ trainPairs, points, maxEpochs, adapterBytes },
      };
    }
    case 'strategyLeftOut': {
      const { strategy, reason, message } = part.value;
      return { kind: 'strategy-left-out', strategy: strategyFromWire(strategy), reason, message };
    }
    case 'strategyChosen':
    case 'stateChanged':
    case undefined:
      return undefined;
  }
}

const stateToWire: Readonly<Record<RunState, trainer.RunState>> = {
  queued: trainer.RunState.RUN_STATE_QUEUED,
  running: trainer.RunState.RUN_STATE_RUNNING,
  succeeded: trainer.RunState.RUN_STATE_SUCCEEDED,
  failed: trainer.RunState.RUN_STATE_FAILED,
  cancelled: trainer.RunState.RUN_STATE_CANCELLED,
};

function measurementToWire(measurement: Measurement): common.Measurement {
  const { loss, perplexity, targetTokens } = measurement;
  return {
    loss,
    perplexity,
    targetTokens,
    pairs: measurement.pairs.map((pair) => ({
      pairId: pair.pairId,
      lossSum: pair.lossSum,
      targetTokens: pair.targetTokens,
    })),
  };
}

function measurementFromWire(measurement: common.Measurement): Measurement {
  const { loss, perplexity, targetTokens } = measurement;
  return {
    loss,
    perplexity,
    targetTokens,
    pairs: measurement.pairs.map((pair) => ({
      pairId: pair.pairId,
      lossSum: pair.lossSum,
      targetTokens: pair.targetTokens,
    })),
  };
}
