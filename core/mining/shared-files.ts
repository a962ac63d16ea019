import type { CachedFile } from './mining-cache.ts';

/** The files of a workspace for another thread: their facts are not copied. */
export interface SharedFiles {
  /** In order, without their facts. */
  readonly files: readonly Omit<CachedFile, 'facts'>[];
  /** Where each file's facts end in `facts`, in bytes. */
  readonly ends: readonly number[];
  readonly facts: SharedArrayBuffer;
}

export function shareFiles(files: ReadonlyMap<string, CachedFile>): SharedFiles {
  const ends: number[] = [];
  let end = 0;
  for (const { facts } of files.values()) {
    end += facts.length;
    ends.push(end);
  }
  const shared = new SharedArrayBuffer(end);
  const bytes = new Uint8Array(shared);
  const others: Omit<CachedFile, 'facts'>[] = [];
  for (const { facts, ...other } of files.values()) {
    bytes.set(facts, (ends[others.length] ?? 0) - facts.length);
    others.push(other);
  }
  return { files: others, ends, facts: shared };
}

export function sharedFilesByPath({ files, ends, facts }: SharedFiles): Map<string, CachedFile> {
  let start = 0;
  return new Map(
    files.map((file, at) => {
      const end = ends[at] ?? start;
      const view = Buffer.from(facts, start, end - start);
      start = end;
      return [file.path, { ...file, facts: view }];
    }),
  );
}
