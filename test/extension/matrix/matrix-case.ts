import type { CheckOutcome } from '../../../extension/check/check-result.ts';

export type Files = Readonly<Record<string, string>>;
export type Build = 'Maven' | 'Gradle, Groovy' | 'Gradle, Kotlin' | 'plain folders';
export type Framework = 'JUnit 3' | 'JUnit 4' | 'JUnit 5' | 'JUnit 6' | 'TestNG';
export type Extra = 'AssertJ' | 'Hamcrest' | 'Truth' | 'Mockito';

/** A small project, a test as a model writes it, and where and how it must stand in the project once it is kept. */
export interface MatrixCase {
  readonly build: Build;
  readonly framework: Framework;
  readonly extras?: readonly Extra[];
  /** Java language level. */
  readonly java: number;
  /** What is special about the case, for the table. */
  readonly about: string;
  /** Sources, and build files where the usual ones of `projectFiles` do not do. */
  readonly files: Files;
  /** `true`: `files` holds the build files. */
  readonly ownBuild?: true;
  /** `path#method`. */
  readonly focal: string;
  readonly written: string;
  readonly lands: Landing;
  /** What repair changed; none where the test compiles as it was placed. */
  readonly repaired?: readonly string[];
}

/** Where a test must stand. Everything that was in the file before must still be there, in the same order. */
export interface Landing {
  readonly file: string;
  /** Binary name. */
  readonly class: string;
  /** The method in front of it; `null` where it is the first of its class. */
  readonly after: string | null;
  readonly method: string;
  /** Imports that came with it, all of them, in the order of the file; of a new file all that it has. */
  readonly imports: readonly string[];
  /** Part of the test's text. */
  readonly contains?: string;
  /** Beginning of the file. */
  readonly startsWith?: string;
  /** Class that a new test class extends. */
  readonly extends?: string;
  /** One step of indentation; four spaces where not given. */
  readonly indent?: string;
  readonly outcome?: CheckOutcome;
}

/** `group:artifact:version` of everything that the cases use. */
export function coordinatesOf({ framework, extras = [], java }: Pick<MatrixCase, 'framework' | 'extras' | 'java'>) {
  const frameworks: Readonly<Record<Framework, string>> = {
    'JUnit 3': 'junit:junit:3.8.2',
    'JUnit 4': 'junit:junit:4.13.2',
    'JUnit 5': 'org.junit.jupiter:junit-jupiter:5.10.3',
    'JUnit 6': 'org.junit.jupiter:junit-jupiter:6.0.1',
    TestNG: 'org.testng:testng:7.5.1',
  };
  const mockito = java < 11 ? '4.11.0' : java < 25 ? '5.12.0' : '5.20.0';
  const libraries: Readonly<Record<Extra, readonly string[]>> = {
    AssertJ: ['org.assertj:assertj-core:3.25.3'],
    Hamcrest: ['org.hamcrest:hamcrest:2.2'],
    Truth: ['com.google.truth:truth:1.4.4'],
    Mockito: [
      `org.mockito:mockito-core:${mockito}`,
      ...(/5|6/.test(framework) ? [`org.mockito:mockito-junit-jupiter:${mockito}`] : []),
    ],
  };
  return [frameworks[framework], ...extras.flatMap((extra) => libraries[extra])];
}

/** Whether the case has more than one module, by its build files or, for plain folders, its source folders. */
export function isMultiModule({ build, files }: MatrixCase): boolean {
  const paths = Object.keys(files);
  if (build === 'plain folders') return new Set(paths.map((path) => path.split('/src/')[0])).size > 2;
  return paths.filter((path) => /(^|\/)(pom\.xml|build\.gradle(\.kts)?)$/.test(path)).length > 1;
}
