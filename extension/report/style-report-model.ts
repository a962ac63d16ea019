import type { HouseStyle } from '../../core/style/house-style.ts';
import type { StyleRules } from '../../core/style/style-rules.ts';

/**
 * Everything that the style report shows, as plain JSON. A section that is `null` has nothing to show yet, and the report says so
 * and names the command that fills it. Shares and rates are from 0 to 1, BLEU-4 from 0 to 100, losses in nats per token.
 */
export interface StyleReportModel {
  readonly repository: ReportRepository;
  /** Identifier similarity to the team's tests (paper P, RQ2c); `null` before the first personalization. */
  readonly similarity: ReportSimilarity | null;
  /** `null` when the workspace has no tests. */
  readonly houseStyle: HouseStyle | null;
  /** What the team wants of its tests, from its own file; `null` where there is none. */
  readonly teamRules: StyleRules | null;
  /** One entry per held-out split that was measured, by pair first. */
  readonly proof: readonly ReportProof[];
  readonly samples: readonly ReportSample[];
  readonly training: ReportTraining | null;
  readonly mining: ReportMining;
  readonly model: ReportModelFacts | null;
}

export interface ReportRepository {
  readonly name: string;
  /** Commit of the working tree, if known. */
  readonly commit: string | null;
  /** When the report was made, milliseconds since 1970-01-01 UTC. */
  readonly createdMs: number;
}

/** One value per held-out pair, in the same order for base and personalized. Make them with `identifierSimilarities` of core/style. */
export interface ReportSimilarity {
  readonly base: readonly number[];
  readonly personalized: readonly number[];
}

/** An estimate with its 95 % bootstrap interval. */
export interface ReportInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What one system scored on the held-out pairs. `null`: not measured, for instance rates in a workspace that is not trusted. */
export interface ReportScores {
  readonly bleu4: number | null;
  readonly perplexity: number | null;
  readonly parseRate: number | null;
  readonly compileRate: number | null;
  readonly passRate: number | null;
  readonly usefulRate: number | null;
}

/** Base against personalized on pairs that training never saw. */
export interface ReportProof {
  readonly split: 'by-pair' | 'by-focal-class';
  readonly heldOutPairs: number;
  readonly base: ReportScores;
  readonly personalized: ReportScores;
  /** Copying the nearest test of the repository: the baseline that retrieval alone sets. `null` when it was not measured. */
  readonly nearestCopy: ReportScores | null;
  /** Copy and rename: the nearest test with its names substituted. `null` when it was not measured. */
  readonly nearestRename: ReportScores | null;
  /** Personalized minus base, BLEU-4 points. */
  readonly bleu4Gain: ReportInterval | null;
  /** Base minus personalized, nats per token: above 0 is better. */
  readonly lossDrop: ReportInterval | null;
}

/** How far a candidate came in the check. */
export type ReportVerdict = 'useful' | 'passes' | 'compiles' | 'parses' | 'broken' | 'not-checked';

/** A test that a model wrote. */
export interface ReportSampleTest {
  readonly source: string;
  readonly verdict: ReportVerdict;
  /** One sentence on the verdict, or empty. */
  readonly reason: string;
}

/** A held-out pair with what both models wrote for it. */
export interface ReportSample {
  readonly focalClass: string;
  readonly focalMethod: string;
  /** Path relative to the workspace. */
  readonly focalFile: string;
  readonly focalSource: string;
  readonly testFile: string;
  readonly teamTest: string;
  readonly base: ReportSampleTest;
  readonly personalized: ReportSampleTest;
}

export interface ReportTrainingPoint {
  readonly step: number;
  readonly epoch: number;
  /** Mean validation loss. */
  readonly validationLoss: number;
  readonly petaflopSeconds: number;
}

export interface ReportTraining {
  /** Mean loss of each optimizer step, in order. */
  readonly steps: readonly { readonly step: number; readonly epoch: number; readonly loss: number }[];
  /** Step 0 is the base. */
  readonly validation: readonly ReportTrainingPoint[];
  /** Mean absolute parameter change from the bottom block up (paper P, Figure 2); empty where blocks do not change. */
  readonly blockChanges: readonly { readonly block: string; readonly meanAbsoluteChange: number }[];
}

export interface ReportMining {
  readonly pairs: number;
  readonly testMethods: number;
  readonly modules: readonly { readonly name: string; readonly pairs: number }[];
  /** Why test methods did not become pairs, most frequent first. */
  readonly leftOut: readonly { readonly reason: string; readonly testMethods: number }[];
  /** Methods that could be tested and are not; the webview turns each into a link to "Generate test". */
  readonly untested: readonly ReportUntestedMethod[];
  /** All untested methods; `untested` may list only the first of them. */
  readonly untestedTotal: number;
}

export interface ReportUntestedMethod {
  readonly focalClass: string;
  readonly focalMethod: string;
  /** Path relative to the workspace. */
  readonly file: string;
  /** Line of the method's name, from 1. */
  readonly line: number;
}

export interface ReportModelFacts {
  readonly baseModel: string;
  readonly baseParameters: number;
  readonly strategy: string;
  readonly trainedParameters: number;
  readonly adapterBytes: number;
  /** Commit that the pairs were mined at, if known. */
  readonly commit: string | null;
  readonly trainedMs: number;
  readonly trainingSeconds: number;
  readonly active: boolean;
  /** Pairs added, changed or removed since, divided by the pairs trained on; `null` when unknown. */
  readonly drift: number | null;
}
