/** The import of a file, as far as it tells a library. */
export interface ImportedName {
  /** Dotted, without `.*`. */
  readonly name: string;
}

export type TestFramework = 'junit3' | 'junit4' | 'junit5' | 'testng';
export type AssertionLibrary = 'assertj' | 'hamcrest' | 'truth' | 'framework';
export type MockLibrary = 'mockito' | 'easymock' | 'jmockit' | 'powermock';

/** The test framework that a file's imports name, or `null`. */
export function frameworkOf(imports: readonly ImportedName[]): TestFramework | null {
  const has = (prefix: string) => imports.some(({ name }) => name === prefix || name.startsWith(`${prefix}.`));
  if (has('org.junit.jupiter')) return 'junit5';
  if (has('org.testng')) return 'testng';
  if (imports.some(({ name }) => /^org\.junit(\.[A-Z]|$|\.runner)/.test(name))) return 'junit4';
  return has('junit.framework') ? 'junit3' : null;
}

/** The assertion library that a file's imports name; a file that uses several has the most expressive one. */
export function assertionLibraryOf(imports: readonly ImportedName[]): AssertionLibrary | null {
  const has = (prefix: string) => imports.some(({ name }) => name.startsWith(prefix));
  if (has('org.assertj')) return 'assertj';
  if (has('com.google.common.truth')) return 'truth';
  if (has('org.hamcrest')) return 'hamcrest';
  const own = ['org.junit.jupiter.api.Assert', 'org.junit.Assert', 'junit.framework.', 'org.testng.Assert'];
  return own.some(has) ? 'framework' : null;
}

export function mockLibraryOf(imports: readonly ImportedName[]): MockLibrary | null {
  const has = (prefix: string) => imports.some(({ name }) => name.startsWith(prefix));
  if (has('org.powermock')) return 'powermock';
  if (has('org.mockito')) return 'mockito';
  if (has('org.easymock')) return 'easymock';
  return has('mockit.') ? 'jmockit' : null;
}
