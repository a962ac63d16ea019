/** Where a file stands in the build, as its path and package tell. */
export interface SourceSet {
  /** Folder that holds the module, `.` for the workspace itself. */
  readonly module: string;
  /** Folder that holds the package folders. */
  readonly root: string;
  readonly isTest: boolean;
}

const SOURCE_FOLDER =
  /^(?:src|source|sources|java|main|code|tests?|unit|junit|it|func|functional|integration|specs?|.*[tT]ests?)$/;
const TEST_SEGMENT =
  /(?:^|[.\-_])(?:test|tests|testing|it|its|itest|itests|junit|testng|jmh|testfixtures|testlib|testutils?|test-support)$/i;
const TEST_SET = /test|^it$|^itest|integration|functional|acceptance|e2e|spec$|testng|junit/i;

/**
 * Finds module and source root. Maven's and Gradle's `src/<set>/<language>` decides where it is used; else the source root is the path
 * without the package's folders, and its segments tell. A package that happens to be named `test` inside `src/main` is main code.
 */
export function sourceSetOf(path: string, packageName: string): SourceSet {
  const folder = parentOf(path);
  const root = withoutPackage(folder, packageName);
  const segments = root === '.' ? [] : root.split('/');
  const set = sourceSetName(segments);
  const isTest =
    set === undefined ? segments.some((segment) => TEST_SEGMENT.test(segment)) : set !== 'main' && TEST_SET.test(set);
  return { module: moduleOf(segments), root, isTest };
}

/** True for files that a build copies instead of compiling: sample projects kept as resources of tests. */
export function isResource(path: string): boolean {
  return /(?:^|\/)src\/[^/]+\/(?:resources|testData|testdata|projects)\//.test(path);
}

function sourceSetName(segments: readonly string[]): string | undefined {
  const source = segments.lastIndexOf('src');
  const name = source < 0 ? undefined : segments[source + 1];
  if (name === undefined) {
    return undefined;
  }
  return name === 'main' || TEST_SET.test(name) ? name : undefined;
}

function moduleOf(segments: readonly string[]): string {
  const source = segments.indexOf('src');
  if (source >= 0) {
    return segments.slice(0, source).join('/') || '.';
  }
  let end = segments.length;
  while (end > 0 && SOURCE_FOLDER.test(segments[end - 1] ?? '')) {
    end--;
  }
  return segments.slice(0, end).join('/') || '.';
}

function withoutPackage(folder: string, packageName: string): string {
  const packageFolder = packageName.replaceAll('.', '/');
  if (packageFolder === '' || folder === packageFolder) {
    return packageFolder === '' ? folder : '.';
  }
  return folder.endsWith(`/${packageFolder}`) ? folder.slice(0, -packageFolder.length - 1) : folder;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}
