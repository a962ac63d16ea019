import type { RunChanges } from '../ledger/runs.ts';
import type { Proof, Run } from './run.ts';
import type { RunHappening } from './run-event.ts';

/** What changes in a run when its trainer tells that something happened. */
export function applyHappening(run: Run, happening: RunHappening): RunChanges {
  switch (happening.kind) {
    case 'held-out-measured':
      return { proofs: run.proofs.map((proof) => measured(proof, happening)) };
    case 'checkpoint-written':
      if (happening.step <= run.checkpointStep) return {};
      return { checkpointStep: happening.step, deathsWithoutProgress: 0 };
    case 'strategy-probed':
    case 'strategy-left-out':
      return { deathsWithoutProgress: 0 };
    case 'strategy-chosen':
      return { strategy: happening.strategy, deathsWithoutProgress: 0 };
    case 'stage-started':
    case 'stage-progress':
    case 'training-progress':
    case 'validation-measured':
    case 'adapter-written':
    case 'run-failed':
    case 'run-cancelled':
    case 'state-changed':
      return {};
  }
}

function measured(proof: Proof, happening: Extract<RunHappening, { kind: 'held-out-measured' }>): Proof {
  if (proof.split !== happening.split) return proof;
  return happening.personalized
    ? { ...proof, personalized: happening.measurement }
    : { ...proof, base: happening.measurement };
}
