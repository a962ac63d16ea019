import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import type { HeldOutSplit } from '../../core/splits/split-pairs.ts';
import * as common from '../../proto/gen/bespoke/v1/common.ts';
import type * as trainer from '../../proto/gen/bespoke/v1/trainer.ts';
import { invalidRequest } from '../errors.ts';
import type { RequestedStrategy, Strategy, TrainingOptions } from '../runs/strategy.ts';

/** What a run is asked for. Throws `BespokeError` `invalid-request` for a strategy that is not set or not known here. */
export function requestedStrategyFromWire(strategy: common.Strategy): RequestedStrategy {
  return strategy === common.Strategy.STRATEGY_AUTO ? 'auto' : strategyFromWire(strategy);
}

/** What is trained. Throws `BespokeError` `invalid-request` for a strategy that is not set or not known here, and for `auto`. */
export function strategyFromWire(strategy: common.Strategy): Strategy {
  switch (strategy) {
    case common.Strategy.STRATEGY_CUSTOM:
      return 'custom';
    case common.Strategy.STRATEGY_EMBEDDINGS_OUTPUT:
      return 'embeddings-output';
    case common.Strategy.STRATEGY_LAST_DECODER_BLOCK:
      return 'last-decoder-block';
    case common.Strategy.STRATEGY_PREFIX:
      return 'prefix';
    case common.Strategy.STRATEGY_TELLY:
      return 'telly';
    case common.Strategy.STRATEGY_AUTO:
    case common.Strategy.STRATEGY_UNSPECIFIED:
    case common.Strategy.UNRECOGNIZED:
      throw invalidRequest('The request names no strategy that this server knows', 'choose one, or update the server');
  }
}

export const strategyToWire: Readonly<Record<RequestedStrategy, common.Strategy>> = {
  custom: common.Strategy.STRATEGY_CUSTOM,
  'embeddings-output': common.Strategy.STRATEGY_EMBEDDINGS_OUTPUT,
  'last-decoder-block': common.Strategy.STRATEGY_LAST_DECODER_BLOCK,
  prefix: common.Strategy.STRATEGY_PREFIX,
  telly: common.Strategy.STRATEGY_TELLY,
  auto: common.Strategy.STRATEGY_AUTO,
};

/** Throws `BespokeError` `invalid-request` for a split that is not set or not known here. */
export function splitFromWire(split: common.HeldOutSplit): HeldOutSplit {
  switch (split) {
    case common.HeldOutSplit.HELD_OUT_SPLIT_BY_PAIR:
      return 'by-pair';
    case common.HeldOutSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS:
      return 'by-focal-class';
    case common.HeldOutSplit.HELD_OUT_SPLIT_UNSPECIFIED:
    case common.HeldOutSplit.UNRECOGNIZED:
      throw invalidRequest('The request names a held-out split that this server does not know', 'update the server');
  }
}

/** Throws `BespokeError` `invalid-request` for a number that is no fold. */
export function foldFromWire(fold: number): number {
  if (fold >= 0 && fold < FOLDS) return fold;
  throw invalidRequest(`A fold is a number from 0 to ${FOLDS - 1}`, 'send one of them');
}

/** Throws `BespokeError` `invalid-request` for more nearest tests than an input is offered. */
export function nearestTestsFromWire(nearestTests: number | undefined): number {
  if (nearestTests === undefined) return NEAREST_TESTS_OFFERED;
  if (nearestTests >= 0 && nearestTests <= NEAREST_TESTS_OFFERED) return nearestTests;
  throw invalidRequest(`An input shows 0 to ${NEAREST_TESTS_OFFERED} nearest tests`, 'ask for so many');
}

/** As many as fit beside each other: each holds out at most a quarter. */
const FOLDS = 4;

export const splitToWire: Readonly<Record<HeldOutSplit, common.HeldOutSplit>> = {
  'by-pair': common.HeldOutSplit.HELD_OUT_SPLIT_BY_PAIR,
  'by-focal-class': common.HeldOutSplit.HELD_OUT_SPLIT_BY_FOCAL_CLASS,
};

/** Leaves out what is not set. Values are checked by the trainer, which knows what each strategy takes. */
export function optionsFromWire(options: trainer.TrainingOptions | undefined): TrainingOptions {
  if (options === undefined) return {};
  return {
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.learningRate === undefined ? {} : { learningRate: options.learningRate }),
    ...(options.maxEpochs === undefined ? {} : { maxEpochs: options.maxEpochs }),
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
    ...(options.patience === undefined ? {} : { patience: options.patience }),
    ...(options.prefixLength === undefined ? {} : { prefixLength: options.prefixLength }),
    ...(options.frozenBlocks === undefined ? {} : { frozenBlocks: options.frozenBlocks }),
    ...(options.computeType === undefined ? {} : { computeType: options.computeType }),
    ...(options.cacheActivations === undefined ? {} : { cacheActivations: options.cacheActivations }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.checkpointEverySteps === undefined ? {} : { checkpointEverySteps: options.checkpointEverySteps }),
    ...(options.prefixStart === undefined ? {} : { prefixStart: options.prefixStart }),
  };
}

export function optionsToWire(options: TrainingOptions): trainer.TrainingOptions {
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
