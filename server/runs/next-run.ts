import type { Run } from './run.ts';

/**
 * Which run begins next: one that had begun before the server went, else one of the tenant that has the fewest at work, and of those the
 * one that has not had a turn for longest. So a tenant that queues a hundred runs does not keep the others waiting.
 */
export function nextRun(
  waiting: readonly Run[],
  activeTenantIds: readonly string[],
  turns: ReadonlyMap<string, number>,
): Run | undefined {
  const activeOf = (run: Run) => activeTenantIds.filter((id) => id === run.tenantId).length;
  const rank = (run: Run) => [run.state === 'running' ? 0 : 1, activeOf(run), turns.get(run.tenantId) ?? 0] as const;
  let best: Run | undefined;
  for (const run of waiting) if (best === undefined || isBefore(rank(run), rank(best))) best = run;
  return best;
}

/** Of equal ones the first stays: the oldest. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((figure, index) => figure !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}
