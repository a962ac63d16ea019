import { assertionNames, bddMocks, frameworkNames, mockNames } from './file-habits.ts';
import { type StyleTraitName, styleTraitNames } from './house-style.ts';
import type { StyleRules } from './style-rules.ts';
import { namingPatterns } from './test-naming.ts';
import { assertionCounts, fixtureMeans, lengths, structures, subjectHabitStart } from './test-traits.ts';

/** Where a team keeps its house style: at the root of the repository, to be edited and committed. */
export const styleFileName = 'bespoke-house-style.json';

/** The habits that a trait can have; a pattern where the names are the team's own. */
const habitsOf: Readonly<Record<StyleTraitName, readonly string[] | RegExp>> = {
  framework: Object.values(frameworkNames),
  assertions: Object.values(assertionNames),
  mocks: [...Object.values(mockNames), bddMocks],
  naming: namingPatterns,
  structure: structures,
  'assertions-per-test': assertionCounts,
  fixtures: new RegExp(`^(?:${fixtureMeans.map(escapePattern).join('|')}|${subjectHabitStart} \`[\\w$]+\`)$`),
  'base-class': /^[\w$]+$/,
  length: lengths,
};

const what: Readonly<Record<StyleTraitName, string>> = {
  framework: 'Test frameworks that tests are written with.',
  assertions: 'Assertion libraries that tests use.',
  mocks: 'Mock libraries that tests use, where they mock.',
  naming: 'Patterns of test names; "method" stands for the name of the method under test.',
  structure: 'How the body of a test is divided.',
  'assertions-per-test': 'How many assertions a test has.',
  fixtures: 'How tests get their objects, and what they call the object under test.',
  'base-class': 'Classes that a new test class extends; "none" for none.',
  length: 'Lines of a test, annotations and braces included.',
};

/** The rules that a file states, or one sentence on what is wrong with it. */
export type StyleFileReading = { readonly rules: StyleRules } | { readonly problem: string };

export function readStyleFile(text: string): StyleFileReading {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    return wrong(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return wrong('it must be one JSON object');
  const rules: Partial<Record<StyleTraitName, readonly string[]>> = {};
  for (const [key, value] of Object.entries(content)) {
    if (key === '$schema') continue;
    const trait = styleTraitNames.find((name) => name === key);
    if (trait === undefined) return wrong(`there is no trait "${key}": there are ${styleTraitNames.join(', ')}`);
    if (!Array.isArray(value) || !value.every((habit) => typeof habit === 'string'))
      return wrong(`"${trait}" must be a list of texts`);
    const unknown = value.find((habit) => !isHabit(trait, habit));
    if (unknown !== undefined) return wrong(`"${trait}" cannot be "${unknown}"${suggestion(trait)}`);
    rules[trait] = value;
  }
  return { rules };
}

/** The text of a file that states these rules. */
export function styleFileText(rules: StyleRules): string {
  const inOrder = styleTraitNames.flatMap((trait) => (rules[trait] === undefined ? [] : [[trait, rules[trait]]]));
  return `${JSON.stringify(Object.fromEntries(inOrder), null, 2)}\n`;
}

/** The JSON schema of such files, for editors. */
export function styleFileSchema(): object {
  const habits = (trait: StyleTraitName) => {
    const known = habitsOf[trait];
    return known instanceof RegExp ? { type: 'string', pattern: known.source } : { enum: known };
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'House style of the tests of a repository',
    description: 'For each trait the habits that are welcome. A trait that is left out is free.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(
        styleTraitNames.map((trait) => [
          trait,
          { description: what[trait], type: 'array', uniqueItems: true, items: habits(trait) },
        ]),
      ),
    },
  };
}

function isHabit(trait: StyleTraitName, habit: string): boolean {
  const known = habitsOf[trait];
  return known instanceof RegExp ? known.test(habit) : known.includes(habit);
}

function suggestion(trait: StyleTraitName): string {
  const known = habitsOf[trait];
  if (!(known instanceof RegExp)) return `: it can be ${known.map((habit) => `"${habit}"`).join(', ')}`;
  return trait === 'fixtures' ? `: it can be "${fixtureMeans.join('", "')}" or "${subjectHabitStart} \`name\`"` : '';
}

function wrong(cause: string): { readonly problem: string } {
  return { problem: `${styleFileName} cannot be used because ${cause}: correct it, or save the house style anew.` };
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
