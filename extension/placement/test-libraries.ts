import type { AssertionLibrary, MockLibrary, TestFramework } from '../../core/style/test-libraries.ts';

/** The libraries that tests are written with; `mocks` is `null` where none is used. */
export interface TestLibraries {
  readonly framework: TestFramework;
  readonly assertions: AssertionLibrary;
  readonly mocks: MockLibrary | null;
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
