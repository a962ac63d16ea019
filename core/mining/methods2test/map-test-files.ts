/** A file as the published miner's first step sees it. */
export interface ScannedFile {
  readonly path: string;
  /** The bytes contain `@Test`. */
  readonly mentionsTest: boolean;
}

export interface MappedTestFile {
  readonly testFile: string;
  /** Left out when no focal file is found. */
  readonly focalFile?: string;
}

/**
 * Maps test files to focal files as methods2test's `scripts/find_map_test_cases.py` does: the test's path in lower case, `/src/test/`
 * exchanged for `/src/main/` and every `test` removed, equals a focal file's path in lower case. Focal files are those that neither
 * mention `@Test` nor have `src/test` in their path.
 *
 * Two deliberate differences: a repository with `src/` at its root is mapped too (the script looks for `/src/test/` in paths without a
 * leading slash and finds nothing there), and where several focal files differ in case only, the first by path is taken (the script
 * takes one at random, by the order of a hash set).
 */
export function mapTestFiles(files: readonly ScannedFile[]): MappedTestFile[] {
  const focalFiles = new Map<string, string>();
  for (const { path, mentionsTest } of files.toSorted(byPath)) {
    const key = `/${path.toLowerCase()}`;
    if (!mentionsTest && !path.includes('src/test') && !focalFiles.has(key)) {
      focalFiles.set(key, path);
    }
  }
  return files
    .filter((file) => file.mentionsTest)
    .toSorted(byPath)
    .map(({ path }) => {
      const key = `/${path}`.toLowerCase().replaceAll('/src/test/', '/src/main/').replaceAll('test', '');
      const focalFile = focalFiles.get(key);
      return focalFile === undefined ? { testFile: path } : { testFile: path, focalFile };
    });
}

function byPath(a: ScannedFile, b: ScannedFile): number {
  return a.path < b.path ? -1 : 1;
}
