import { UNPAIRED_REASONS, type UnpairedReason } from '../../core/mining/mining-record.ts';
import type { ReportMining } from '../report/style-report-model.ts';
import type { MinedRepository } from './mine-repository.ts';

const untestedShown = 200;

/** The report's part on what mining found. */
export function miningReport({ summary, untested }: MinedRepository): ReportMining {
  return {
    pairs: summary.pairs,
    testMethods: summary.testMethods,
    modules: Object.entries(summary.modules).map(([name, pairs]) => ({ name, pairs })),
    leftOut: Object.entries(summary.reasons)
      .filter(([, testMethods]) => testMethods > 0)
      .map(([reason, testMethods]) => ({ reason: UNPAIRED_REASONS[reason as UnpairedReason], testMethods }))
      .toSorted((one, other) => other.testMethods - one.testMethods),
    untested: untested.slice(0, untestedShown),
    untestedTotal: untested.length,
  };
}
