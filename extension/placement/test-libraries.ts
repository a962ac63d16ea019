import type { AssertionLibrary, MockLibrary, TestFramework } from '../../core/style/test-libraries.ts';

/** The libraries that tests are written with; `mocks` is `null` where none is used. */
export interface TestLibraries {
  readonly framework: TestFramework;
  readonly assertions: AssertionLibrary;
  readonly mocks: MockLibrary | null;
}

/**
 * What dependencies bring, given as `group:artifact:version`. `buildText` decides only what they leave open: a plugin of the repository's
 * own may bring the libraries, and the build file then only says how tests are run.
 */
export function librariesOfDependencies(coordinates: readonly string[], buildText: string): Partial<TestLibraries> {
  const has = (pattern: RegExp) => coordinates.some((coordinate) => pattern.test(coordinate));
  const framework = has(/junit-jupiter|junit5|:spring-boot-starter-test:|:junit-platform-console-standalone:/)
    ? 'junit5'
    : has(/:testng:/)
      ? 'testng'
      : has(/:junit:3\./)
        ? 'junit3'
        : has(/:junit(-dep|4)?:|:org\.junit:/)
          ? 'junit4'
          : /useJUnitPlatform|junit-jupiter/.test(buildText)
            ? 'junit5'
            : undefined;
  const assertions = has(/assertj|:spring-boot-starter-test:/)
    ? 'assertj'
    : has(/:truth(-java8-extension)?:/)
      ? 'truth'
      : has(/hamcrest/) && !has(/^:hamcrest-core:/)
        ? 'hamcrest'
        : undefined;
  const mocks = has(/mockito|:spring-boot-starter-test:/) ? 'mockito' : has(/easymock/) ? 'easymock' : undefined;
  return {
    ...(framework === undefined ? {} : { framework }),
    ...(assertions === undefined ? {} : { assertions }),
    ...(mocks === undefined ? {} : { mocks }),
  };
}
