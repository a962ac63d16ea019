import type { HouseStyle, StyleTrait, StyleTraitName } from './house-style.ts';

/**
 * What a team wants of its tests: for each trait the habits that are welcome. A trait that is left out is free, and so is one without
 * habits. Habits have the names of the house-style card.
 */
export type StyleRules = Readonly<Partial<Record<StyleTraitName, readonly string[]>>>;

/** The habits of a trait are welcome that, most frequent first, cover this share of the tests. */
const coveredShare = 0.8;
/** A habit of fewer is an exception and not the style, even where the habits are many. */
const leastShare = 0.1;

/** The style that the team's own tests show, as rules. */
export function rulesOf({ traits }: HouseStyle): StyleRules {
  const rules = traits.map((trait): [StyleTraitName, readonly string[]] => [trait.name, welcomeHabits(trait)]);
  return Object.fromEntries(rules.filter(([, habits]) => habits.length > 0));
}

function welcomeHabits({ name, habits }: StyleTrait): readonly string[] {
  const frequent = habits.filter(({ share }) => share >= leastShare);
  // A test can have several fixtures, or none; and classes without a base class are not among the habits.
  if (name === 'fixtures') return frequent.map((habit) => habit.name);
  if (name === 'base-class') return frequent.filter(({ share }) => share >= 0.5).map((habit) => habit.name);
  const welcome: string[] = [];
  let covered = 0;
  for (const habit of frequent) {
    if (covered >= coveredShare) break;
    welcome.push(habit.name);
    covered += habit.share;
  }
  return welcome;
}
