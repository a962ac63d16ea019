import { assertionNames, fileHabits } from './file-habits.ts';
import type { StyleTraitName } from './house-style.ts';
import { readJavaHeader } from './java-header.ts';
import { namingPatternOf } from './test-naming.ts';
import {
  assertionCountHabit,
  countAssertions,
  fixtureHabitsOf,
  lengthHabit,
  structureOf,
  subjectHabit,
} from './test-traits.ts';

/** A written test, in its file. */
export interface TestToRead {
  readonly testSource: string;
  readonly testMethod: string;
  readonly focalClass: string;
  readonly focalMethod: string;
  /** Text of the whole test file with the test in it. */
  readonly file: string;
  /** Whether the file is new: only then its base class is the test's own choice. */
  readonly isNewFile: boolean;
}

/** How one test does what the house-style card tells of all; a trait that it does not show is left out. */
export function habitsOfTest(test: TestToRead): ReadonlyMap<StyleTraitName, readonly string[]> {
  const { testSource, testMethod, focalClass, focalMethod, isNewFile } = test;
  const file = fileHabits(readJavaHeader(test.file));
  const isMocking = /(?<![\w.])(?:mock|spy|when|given|verify|doReturn|doThrow|expect)\s*\(/.test(testSource);
  const traits: [StyleTraitName, readonly (string | null)[]][] = [
    ['framework', [file.framework]],
    ['assertions', [assertionsOf(testSource, file.assertions)]],
    ['mocks', [isMocking ? file.mocks : null]],
    ['naming', [namingPatternOf(testMethod, focalMethod)]],
    ['structure', [structureOf(testSource)]],
    ['assertions-per-test', [assertionCountHabit(countAssertions(testSource))]],
    ['fixtures', [...fixtureHabitsOf(testSource, false), subjectHabit(testSource, focalClass)]],
    ['base-class', [isNewFile ? (file.baseClass ?? 'none') : null]],
    ['length', [lengthHabit(testSource)]],
  ];
  const shown = traits.map(([trait, habits]) => [trait, habits.filter((habit) => habit !== null)] as const);
  return new Map(shown.filter(([, habits]) => habits.length > 0));
}

/** The library of the test's own assertions. What every library leaves to the framework, such as `assertThrows`, tells nothing. */
function assertionsOf(testSource: string, ofFile: string | null): string | null {
  if (/(?<![\w.])(?:assertThat\w*|assertWithMessage)\s*\(/.test(testSource)) return ofFile;
  return /(?<!\w)assert(?!Throws|All|DoesNotThrow|Timeout)[A-Z]\w*\s*\(/.test(testSource)
    ? assertionNames.framework
    : null;
}
