import { assertionLibraryOf, mockLibraryOf } from '../../core/style/test-libraries.ts';
import { declaredLibraries } from './declared-libraries.ts';
import { mostFrequent } from './most-frequent.ts';
import type { TestLibraries } from './test-libraries.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

/**
 * The libraries that a module's tests are written with: what most of its own test files import, else what its build names, else
 * what most of the workspace's tests import, else JUnit 5 with its own assertions.
 */
export function librariesOf(index: WorkspaceIndex, module: string): TestLibraries {
  const tests = index.files.filter((file) => file.isTest);
  const own = tests.filter((file) => file.module === module);
  const built = declaredLibraries(index, module);
  const pick = <T>(read: (file: IndexedFile) => T | null, declared: T | undefined): T | null => {
    const majority = (files: readonly IndexedFile[]) =>
      mostFrequent(files.flatMap((file) => read(file) ?? []))?.value ?? null;
    return majority(own) ?? declared ?? (own.length > 0 ? null : majority(tests));
  };
  return {
    framework: pick((file) => file.framework, built.framework) ?? 'junit5',
    assertions: pick((file) => assertionLibraryOf(file.imports), built.assertions) ?? 'framework',
    mocks: pick((file) => mockLibraryOf(file.imports), built.mocks ?? undefined),
  };
}

/** How test classes are named: `Test` around the name of what they test. */
export interface TestClassNaming {
  readonly prefix: string;
  readonly suffix: string;
}

const namings: readonly TestClassNaming[] = [
  { prefix: '', suffix: 'Test' },
  { prefix: '', suffix: 'Tests' },
  { prefix: '', suffix: 'TestCase' },
  { prefix: '', suffix: 'UnitTest' },
  { prefix: '', suffix: 'Spec' },
  { prefix: '', suffix: 'Should' },
  { prefix: 'Test', suffix: '' },
];
const integrationNamings: readonly TestClassNaming[] = ['IT', 'ITCase', 'IntegrationTest', 'IntegrationTests'].map(
  (suffix) => ({ prefix: '', suffix }),
);

/** The naming that a test class follows, longest suffix first, or `null`. */
export function namingOf(testClass: string): TestClassNaming | null {
  const fits = [...namings, ...integrationNamings].filter(
    ({ prefix, suffix }) =>
      testClass.length > prefix.length + suffix.length && testClass.startsWith(prefix) && testClass.endsWith(suffix),
  );
  fits.sort((one, other) => other.suffix.length + other.prefix.length - one.suffix.length - one.prefix.length);
  return fits[0] ?? null;
}

export function isIntegrationNaming(naming: TestClassNaming): boolean {
  return integrationNamings.includes(naming);
}

/** The naming of most unit tests in the package, else in the module, else in the workspace; `FooTest` when there is none. */
export function majorityNaming(index: WorkspaceIndex, module: string, packageName: string): TestClassNaming {
  const tests = index.files.filter((file) => file.isTest && file.framework !== null);
  const inModule = tests.filter((file) => file.module === module);
  for (const files of [inModule.filter((file) => file.packageName === packageName), inModule, tests]) {
    const seen = files.flatMap((file) => {
      const naming = namingOf(file.typeName);
      return naming === null || isIntegrationNaming(naming) ? [] : [naming];
    });
    const best = mostFrequent(seen);
    if (best !== null) return best.value;
  }
  return { prefix: '', suffix: 'Test' };
}
