/** What another program that is open on the workspace knows of a module. */
export interface KnownProject {
  /** Who knows it, in words for the user. */
  readonly source: string;
  /** Jars that the module's tests run with; absolute paths. Never empty. */
  readonly libraries: readonly string[];
  /** Java language level; `null`: not known. */
  readonly release: number | null;
}

/**
 * Asks what is known of a module, by its folder relative to where the build starts. `null`: nobody knows it. Never rejects, and answers in
 * seconds.
 */
export type AskProject = (module: string) => Promise<KnownProject | null>;

/** What is known of each of these modules; empty unless all are known, because half a class path compiles nothing. */
export async function knownProjects(
  modules: readonly string[],
  ask: AskProject | undefined,
): Promise<ReadonlyMap<string, KnownProject>> {
  const known = new Map<string, KnownProject>();
  for (const module of modules) {
    const project = (await ask?.(module)) ?? null;
    if (project === null) return new Map();
    known.set(module, project);
  }
  return known;
}
