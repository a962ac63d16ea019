import { habitsOfTest, type TestToRead } from './habits-of-test.ts';
import type { StyleTraitName } from './house-style.ts';
import type { StyleRules } from './style-rules.ts';
import { subjectHabitStart } from './test-traits.ts';

/** How well one test keeps to the rules. */
export interface StyleScore {
  /** Share of the traits that it keeps to, from 0 to 1; a trait that says nothing about this test does not count. */
  readonly score: number;
  readonly deviations: readonly StyleDeviation[];
}

export interface StyleDeviation {
  readonly trait: StyleTraitName;
  readonly habit: string;
  /** At least one. */
  readonly welcome: readonly string[];
}

/** `null` when the rules say nothing about this test. */
export function scoreStyle(rules: StyleRules, test: TestToRead): StyleScore | null {
  let looked = 0;
  const deviations: StyleDeviation[] = [];
  for (const [trait, habits] of habitsOfTest(test)) {
    const welcome = welcomeOf(rules, trait, habits);
    if (welcome.length === 0) continue;
    looked++;
    const strange = habits.find((habit) => !welcome.includes(habit));
    if (strange !== undefined) deviations.push({ trait, habit: strange, welcome });
  }
  return looked === 0 ? null : { score: (looked - deviations.length) / looked, deviations };
}

/** What the object under test is called is a matter of its own among the fixtures: whoever only lists builders does not forbid names. */
function welcomeOf(rules: StyleRules, trait: StyleTraitName, habits: readonly string[]): readonly string[] {
  const welcome = rules[trait] ?? [];
  if (trait !== 'fixtures') return welcome;
  const names = welcome.filter((habit) => habit.startsWith(subjectHabitStart));
  return habits.some((habit) => habit.startsWith(subjectHabitStart))
    ? names
    : welcome.filter((habit) => !names.includes(habit));
}

/** One sentence, for a person. */
export function deviationText({ trait, habit, welcome }: StyleDeviation): string {
  return `${deviationTitles[trait]}: ${habit}, not ${welcome.join(' or ')}`;
}

const deviationTitles: Readonly<Record<StyleTraitName, string>> = {
  framework: 'framework',
  assertions: 'assertions',
  mocks: 'mocks',
  naming: 'name',
  structure: 'structure',
  'assertions-per-test': 'assertions per test',
  fixtures: 'fixture',
  'base-class': 'base class',
  length: 'length',
};
