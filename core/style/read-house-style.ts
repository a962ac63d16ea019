import type { TestPair } from '../mining/test-pair.ts';
import { Turns } from '../mining/turns.ts';
import { fileHabits } from './file-habits.ts';
import {
  type HouseStyle,
  type StyleEvidence,
  type StyleHabit,
  type StyleTrait,
  type StyleTraitName,
  styleTraitNames,
} from './house-style.ts';
import { type JavaHeader, readJavaHeader } from './java-header.ts';
import { namingPatternOf } from './test-naming.ts';
import {
  assertionCountHabit,
  countAssertions,
  fixtureHabitsOf,
  lengthHabit,
  structureOf,
  subjectHabit,
} from './test-traits.ts';

/** The part of a pair that tells style. */
export type StyledTest = Pick<
  TestPair,
  'testFile' | 'testClass' | 'testMethod' | 'testSource' | 'focalClass' | 'focalMethod'
>;

const evidenceKept = 5;
const habitsKept = 6;
/** A habit of fewer tests than this share is an accident. */
const leastShare = 0.02;

/**
 * Reads the house style off the repository's tests: libraries, base classes and set-up from their files, the rest from the tests
 * themselves. `readFile` gives a test file's text, or `null` when it is gone. Gives `null` when there is no test. Others have their turn in
 * between: a repository has thousands of tests.
 */
export async function readHouseStyle(
  tests: readonly StyledTest[],
  readFile: (path: string) => string | null,
): Promise<HouseStyle | null> {
  if (tests.length === 0) return null;
  const turns = new Turns();
  const card = new StyleCard();
  const files = new Map<string, { readonly header: JavaHeader; readonly hasSetUp: boolean }>();
  const seen = new Set<string>();
  for (const test of tests) {
    const file = files.get(test.testFile) ?? readTestFile(readFile(test.testFile) ?? '');
    if (!files.has(test.testFile)) {
      files.set(test.testFile, file);
      noteFile(card, { file: test.testFile, testClass: test.testClass, testMethod: null }, file.header);
    }
    // A test of several focal methods makes several pairs and is one test.
    const identity = `${test.testFile}#${test.testClass}#${test.testMethod}`;
    if (!seen.has(identity)) noteTest(card, test, file.hasSetUp);
    seen.add(identity);
    await turns.pass();
  }
  return { tests: seen.size, testClasses: files.size, traits: card.traits(seen.size, files.size) };
}

function readTestFile(source: string) {
  const hasSetUp = /@(?:BeforeEach|Before|BeforeMethod)\b|\bvoid\s+setUp\s*\(/.test(source);
  return { header: readJavaHeader(source), hasSetUp };
}

function noteFile(card: StyleCard, evidence: StyleEvidence, header: JavaHeader): void {
  const { framework, assertions, mocks, baseClass } = fileHabits(header);
  if (framework !== null) card.note('framework', framework, evidence);
  if (assertions !== null) card.note('assertions', assertions, evidence);
  if (mocks !== null) card.note('mocks', mocks, evidence);
  if (baseClass !== null) card.note('base-class', baseClass, evidence);
}

function noteTest(card: StyleCard, test: StyledTest, hasSetUp: boolean): void {
  const { testFile, testClass, testMethod, testSource, focalClass, focalMethod } = test;
  const evidence = { file: testFile, testClass, testMethod };
  card.note('naming', namingPatternOf(testMethod, focalMethod), evidence);
  card.note('structure', structureOf(testSource), evidence);
  card.note('assertions-per-test', assertionCountHabit(countAssertions(testSource)), evidence);
  card.note('length', lengthHabit(testSource), evidence);
  for (const habit of fixtureHabitsOf(testSource, hasSetUp)) card.note('fixtures', habit, evidence);
  const subject = subjectHabit(testSource, focalClass);
  if (subject !== null) card.note('fixtures', subject, evidence);
}

class StyleCard {
  readonly #seen = new Map<StyleTraitName, Map<string, StyleEvidence[]>>();

  note(trait: StyleTraitName, habit: string, evidence: StyleEvidence): void {
    const habits = this.#seen.get(trait) ?? new Map<string, StyleEvidence[]>();
    this.#seen.set(trait, habits);
    const all = habits.get(habit) ?? [];
    habits.set(habit, all);
    all.push(evidence);
  }

  traits(tests: number, testClasses: number): StyleTrait[] {
    return styleTraitNames.map((name) => {
      const unit = perClass.has(name) ? 'test-class' : 'test';
      const total = unit === 'test' ? tests : testClasses;
      const habits = [...(this.#seen.get(name) ?? [])]
        .map(([habit, evidence]): StyleHabit => {
          const count = evidence.length;
          return { name: habit, count, share: count / total, evidence: evidence.slice(0, evidenceKept) };
        })
        .filter(({ share }) => share >= leastShare)
        .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
        .slice(0, habitsKept);
      return { name, unit, habits };
    });
  }
}

const perClass: ReadonlySet<StyleTraitName> = new Set(['framework', 'assertions', 'mocks', 'base-class']);
