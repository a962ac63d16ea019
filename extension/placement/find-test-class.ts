import { gradleTestFolder } from './gradle-dependencies.ts';
import { mavenTestFolder } from './maven-dependencies.ts';
import { isIntegrationNaming, majorityNaming, namingOf } from './module-conventions.ts';
import { mostFrequent } from './most-frequent.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

/** The file that a test of the focal file belongs into. */
export interface TestClassPlace {
  /** Relative to the workspace. */
  readonly file: string;
  readonly className: string;
  readonly packageName: string;
  readonly module: string;
  readonly exists: boolean;
}

/** Finds the focal file's test class, or where it should be made. `preferredFile`: where its mined pairs have their tests, if known. */
export function findTestClass(index: WorkspaceIndex, focal: IndexedFile, preferredFile?: string): TestClassPlace {
  const preferred = preferredFile === undefined ? undefined : index.byPath.get(preferredFile);
  const hasUnitTests = index.files.some(
    (file) => file.isTest && file.module === focal.module && file.framework !== null && isUnitTestRoot(file.root),
  );
  // Integration tests that have a source set of their own are no place for unit tests where the module has some.
  const isPlace = (file: IndexedFile) => !hasUnitTests || isUnitTestRoot(file.root);
  const existing =
    preferred !== undefined && isPlace(preferred)
      ? preferred
      : bestExisting({ ...index, files: index.files.filter(isPlace) }, focal);
  if (existing !== undefined) {
    return {
      file: existing.path,
      className: existing.typeName,
      packageName: existing.packageName,
      module: existing.module,
      exists: true,
    };
  }
  const { prefix, suffix } = majorityNaming(index, focal.module, focal.packageName);
  const className = `${prefix}${focal.typeName}${suffix}`;
  const { root, module } = testRootFor(index, focal);
  const file = [root, focal.packageName.replaceAll('.', '/'), `${className}.java`]
    .filter((part) => part !== '')
    .join('/');
  return { file, className, packageName: focal.packageName, module, exists: false };
}

function bestExisting(index: WorkspaceIndex, focal: IndexedFile): IndexedFile | undefined {
  let best: { file: IndexedFile; score: number } | undefined;
  for (const file of index.files) {
    if (!file.isTest) continue;
    const naming = namingOf(file.typeName);
    if (naming === null || file.typeName !== `${naming.prefix}${focal.typeName}${naming.suffix}`) continue;
    const samePackage = file.packageName === focal.packageName;
    // A class of the same name in another package and module is the test of another class.
    if (!samePackage && (file.module !== focal.module || (index.byTypeName.get(focal.typeName)?.length ?? 0) > 1))
      continue;
    const score =
      (file.module === focal.module ? 4 : 0) + (samePackage ? 2 : 0) + (isIntegrationNaming(naming) ? 0 : 1);
    if (best === undefined || score > best.score) best = { file, score };
  }
  return best?.file;
}

/**
 * Where the module keeps its unit tests: the root that most of its tests are in, those of the focal package first, integration tests last.
 * A module without a test gets the folder that its build tool looks in.
 */
function testRootFor(index: WorkspaceIndex, focal: IndexedFile): { readonly root: string; readonly module: string } {
  const tests = index.files.filter((file) => file.isTest && file.module === focal.module && !isFixtureRoot(file.root));
  const unit = tests.filter((file) => isUnitTestRoot(file.root));
  for (const files of [unit.filter((file) => file.packageName === focal.packageName), unit, tests]) {
    const root = mostFrequent(files.map((file) => file.root))?.value;
    if (root !== undefined) return { root, module: focal.module };
  }
  const buildFile = index.buildFiles.get(focal.module) ?? '';
  const declared = mavenTestFolder(buildFile) ?? gradleTestFolder(buildFile);
  const inModule = (folder: string) => (focal.module === '' ? folder : `${focal.module}/${folder}`);
  if (declared !== null) return { root: inModule(declared), module: focal.module };
  const mirrored = focal.root.replace(/(^|\/)src\/main\//, '$1src/test/');
  if (mirrored !== focal.root) return { root: mirrored, module: focal.module };
  return { root: inModule(index.buildFiles.has(focal.module) ? 'src/test/java' : 'test'), module: focal.module };
}

function isUnitTestRoot(root: string): boolean {
  return (
    !/(^|\/)(it|integration\w*|itest\w*|functional\w*|acceptance\w*|e2e)(\/|$)/i.test(root) && !isFixtureRoot(root)
  );
}

/** What tests share or measure, and no test itself. */
function isFixtureRoot(root: string): boolean {
  return /(^|\/)(jmh|testFixtures|test-fixtures)(\/|$)/i.test(root);
}
