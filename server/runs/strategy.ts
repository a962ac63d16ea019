/** What a personalization trains (paper P, section "Personalized models"; `telly` is Telly-k of paper T). */
export type Strategy = 'custom' | 'embeddings-output' | 'last-decoder-block' | 'prefix' | 'telly';

/** What a run can be asked for: a strategy, or that the server chooses one by short trainings with each. */
export type RequestedStrategy = Strategy | 'auto';

/** Hyper-parameters. A field that is not there takes the strategy's default, which the trainer knows. */
export interface TrainingOptions {
  readonly seed?: number;
  /** Peak learning rate of AdamW. */
  readonly learningRate?: number;
  readonly maxEpochs?: number;
  /** Examples per optimizer step. */
  readonly batchSize?: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience?: number;
  /** Virtual tokens of `prefix`. */
  readonly prefixLength?: number;
  /** Bottom blocks that `telly` freezes; encoder blocks first, then decoder blocks. */
  readonly frozenBlocks?: number;
  readonly computeType?: string;
  readonly cacheActivations?: boolean;
  readonly threads?: number;
  readonly checkpointEverySteps?: number;
  /** What a prefix starts as: `generic` or `words`; left out, generic where the base brings one. */
  readonly prefixStart?: string;
}
