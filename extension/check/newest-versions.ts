/**
 * Libraries that Maven left older than another library wants them, by `group:artifact`: the newest version that any wants. Gradle takes
 * the newest, Maven the one nearest to the project. `tree` is what `dependency:tree` writes when it is verbose.
 */
export function newestVersions(tree: string): ReadonlyMap<string, string> {
  const newest = new Map<string, string>();
  const conflicts = tree.matchAll(/\(([\w.-]+:[\w.-]+):jar:([\w.-]+):\w+[^)]*omitted for conflict with ([\w.-]+)\)/g);
  for (const [, library = '', wanted = '', chosen = ''] of conflicts) {
    const best = newest.get(library) ?? chosen;
    if (compareVersions(wanted, best) > 0) newest.set(library, wanted);
  }
  return newest;
}

/** Part by part, numbers as numbers; a release is newer than its milestones and candidates. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one.split(/[.-]/), other.split(/[.-]/)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = rankOf(left[at]) - rankOf(right[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rankOf(part: string | undefined): number {
  if (part === undefined || /^(final|ga|release|jre|android)$/i.test(part)) return 0;
  return /^\d+$/.test(part) ? Number(part) + 1 : -1;
}
