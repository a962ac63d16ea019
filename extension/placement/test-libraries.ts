import type { HeaderImport } from './java-header.ts';

export type TestFramework = 'junit3' | 'junit4' | 'junit5' | 'testng';
export type AssertionLibrary = 'assertj' | 'hamcrest' | 'truth' | 'framework';
export type MockLibrary = 'mockito' | 'easymock' | 'jmockit' | 'powermock';

/** The libraries that tests are written with; `null` where nothing of the kind is used. */
export interface TestLibraries {
  readonly framework: TestFramework;
  readonly assertions: AssertionLibrary;
  readonly mocks: MockLibrary | null;
}

/** The test framework that a file's imports name, or `null`. */
export function frameworkOf(imports: readonly HeaderImport[]): TestFramework | null {
  const has = (prefix: string) => imports.some(({ name }) => name === prefix || name.startsWith(`${prefix}.`));
  if (has('org.junit.jupiter')) return 'junit5';
  if (has('org.testng')) return 'testng';
  if (imports.some(({ name }) => /^org\.junit(\.[A-Z]|$)/.test(name) || name.startsWith('org.junit.runner')))
    return 'junit4';
  return has('junit.framework') ? 'junit3' : null;
}

export function assertionLibraryOf(imports: readonly HeaderImport[]): AssertionLibrary | null {
  const has = (prefix: string) => imports.some(({ name }) => name.startsWith(prefix));
  if (has('org.assertj')) return 'assertj';
  if (has('com.google.common.truth')) return 'truth';
  if (has('org.hamcrest')) return 'hamcrest';
  if (
    has('org.junit.jupiter.api.Assert') ||
    has('org.junit.Assert') ||
    has('junit.framework.Assert') ||
    has('org.testng.Assert')
  )
    return 'framework';
  return null;
}

export function mockLibraryOf(imports: readonly HeaderImport[]): MockLibrary | null {
  const has = (prefix: string) => imports.some(({ name }) => name.startsWith(prefix));
  if (has('org.powermock')) return 'powermock';
  if (has('org.mockito')) return 'mockito';
  if (has('org.easymock')) return 'easymock';
  return has('mockit.') ? 'jmockit' : null;
}

/** What the text of a `pom.xml` or a Gradle build file names as dependencies. */
export function librariesOfBuildFile(text: string): Partial<TestLibraries> {
  const names = (pattern: RegExp) => pattern.test(text);
  const framework = names(/org\.junit\.jupiter|junit-jupiter|useJUnitPlatform|junit\.jupiter|spring-boot-starter-test/)
    ? 'junit5'
    : names(/org\.testng/)
      ? 'testng'
      : names(/<artifactId>junit<|junit:junit|libs\.junit4?\b/)
        ? 'junit4'
        : undefined;
  const assertions = names(/assertj|spring-boot-starter-test/)
    ? 'assertj'
    : names(/com\.google\.truth/)
      ? 'truth'
      : names(/hamcrest/)
        ? 'hamcrest'
        : undefined;
  const mocks = names(/mockito|spring-boot-starter-test/) ? 'mockito' : names(/easymock/) ? 'easymock' : undefined;
  return {
    ...(framework === undefined ? {} : { framework }),
    ...(assertions === undefined ? {} : { assertions }),
    ...(mocks === undefined ? {} : { mocks }),
  };
}
