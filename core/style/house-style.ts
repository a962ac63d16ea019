/** A test that shows a trait, so that a reader can open it. */
export interface StyleEvidence {
  /** Path relative to the workspace, with `/`. */
  readonly file: string;
  /** Simple name. */
  readonly testClass: string;
  /** `null` when the whole class shows the trait, for instance its base class. */
  readonly testMethod: string | null;
}

/** One way in which the team's tests do something. */
export interface StyleHabit {
  /** Short words for a person, for instance `method_whenX_thenY` or `AssertJ`. */
  readonly name: string;
  /** Tests (or test classes, see `StyleTrait.unit`) that do it this way. */
  readonly count: number;
  /** `count` divided by all tests (or classes) that were looked at: from 0 to 1. Habits of one trait may add up to more than 1. */
  readonly share: number;
  /** At most five examples, in the order of the pair list. */
  readonly evidence: readonly StyleEvidence[];
}

/** What a trait is about; every trait of the card appears once, in this order. */
export const styleTraitNames = [
  'framework',
  'assertions',
  'mocks',
  'naming',
  'structure',
  'assertions-per-test',
  'fixtures',
  'base-class',
  'length',
] as const;
export type StyleTraitName = (typeof styleTraitNames)[number];

/** One line of the house-style card. */
export interface StyleTrait {
  readonly name: StyleTraitName;
  /** What was counted. */
  readonly unit: 'test' | 'test-class';
  /** Most frequent first. Empty when nothing of the kind was seen, for instance no mock library. */
  readonly habits: readonly StyleHabit[];
}

/** How the team writes tests, read off its own tests. */
export interface HouseStyle {
  readonly tests: number;
  readonly testClasses: number;
  readonly traits: readonly StyleTrait[];
}
