import type { Listing } from './list-files.ts';
import type { CachedFile } from './mining-cache.ts';
import type { FileProblem } from './mining-record.ts';

/** What is wrong with files: first what the listing found, then what reading them did. */
export function* fileProblems(listing: Listing, files: ReadonlyMap<string, CachedFile>): Generator<FileProblem> {
  yield* listing.problems;
  for (const { path, problems } of files.values()) {
    for (const problem of problems) {
      yield { kind: 'problem', file: path, problem } as const;
    }
  }
}

/** One sentence when another language prevails: its tests are not mined. */
export function anotherLanguage({ files, kotlinFiles, groovyFiles, scalaFiles }: Listing): string | undefined {
  const [language, count] = (
    [
      ['Kotlin', kotlinFiles],
      ['Groovy', groovyFiles],
      ['Scala', scalaFiles],
    ] as const
  ).reduce((most, one) => (one[1] > most[1] ? one : most));
  return count > files.length
    ? ` The workspace is mostly ${language} (${count} files, ${files.length} of Java): only Java is mined.`
    : undefined;
}
