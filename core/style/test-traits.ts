import { javaLexemes } from '../metrics/java-tokens.ts';

/** What `structureOf` answers. */
export const structures: readonly string[] = [
  '// given, // when, // then',
  '// arrange, // act, // assert',
  '// setup, // expect',
  'blank lines between steps',
  'one block',
];

/** How the body of a test is divided, by its comments. */
export function structureOf(testSource: string): string {
  const comments = [...testSource.matchAll(/(?:\/\/|\/\*+|\n\s*\*)\s*(\w+)/g)].map((match) =>
    (match[1] ?? '').toLowerCase(),
  );
  const has = (word: string) => comments.includes(word);
  if (has('given') && (has('then') || has('when'))) return '// given, // when, // then';
  if (has('arrange') && (has('act') || has('assert'))) return '// arrange, // act, // assert';
  if (has('setup') && (has('expect') || has('then'))) return '// setup, // expect';
  const body = testSource.slice(testSource.indexOf('{') + 1, testSource.lastIndexOf('}')).trim();
  return /\n\s*\n/.test(body) ? 'blank lines between steps' : 'one block';
}

/** Assertions, verifications and expected exceptions of a test. */
export function countAssertions(testSource: string): number {
  const tokens = javaLexemes(testSource);
  let count = 0;
  tokens.forEach((token, at) => {
    if (token === 'expected' && tokens[at + 1] === '=' && tokens[at - 1] !== '.') count++;
    if (tokens[at + 1] !== '(' || tokens[at - 1] === 'void') return;
    const isCheck = /^(assert|verify|expect[A-Z])/.test(token) || token === 'fail';
    if (isCheck || (token === 'then' && tokens[at - 1] !== '.')) count++;
  });
  return count;
}

/** What `assertionCountHabit` answers. */
export const assertionCounts: readonly string[] = ['none', 'one', 'two or three', 'four or more'];

export function assertionCountHabit(count: number): string {
  if (count === 0) return 'none';
  if (count === 1) return 'one';
  return count <= 3 ? 'two or three' : 'four or more';
}

/** Lines of the method, annotations and braces included. */
export function lengthHabit(testSource: string): string {
  const lines = testSource.split('\n').length;
  for (const [limit, habit] of lengthHabits) if (lines <= limit) return habit;
  return longest;
}

const longest = 'more than 40 lines';

const lengthHabits = [
  [5, 'up to 5 lines'],
  [10, '6 to 10 lines'],
  [20, '11 to 20 lines'],
  [40, '21 to 40 lines'],
] as const;

/** What `lengthHabit` answers. */
export const lengths: readonly string[] = [...lengthHabits.map(([, habit]) => habit), longest];

/** What a test calls the object under test, for instance `subject`; `null` when it does not make it in a variable of its own. */
export function subjectNameOf(testSource: string, focalClass: string): string | null {
  const escaped = focalClass.replaceAll('$', '\\$');
  const declared = new RegExp(`\\b(?:var|${escaped}(?:<[^>]*>)?)\\s+(\\w+)\\s*=\\s*new\\s+${escaped}\\b`).exec(
    testSource,
  );
  return declared?.[1] ?? null;
}

/** The same in the words of the house-style card. */
export function subjectHabit(testSource: string, focalClass: string): string | null {
  const subject = subjectNameOf(testSource, focalClass);
  return subject === null ? null : `${subjectHabitStart} \`${subject}\``;
}

export const subjectHabitStart = 'object under test called';

const means = {
  setUp: 'set-up method',
  builders: 'builders (`.build()`)',
  methods: 'fixture methods (`aFoo()`)',
  sources: 'parameter sources',
  mocks: 'local mocks',
};

/** What `fixtureHabitsOf` answers. */
export const fixtureMeans: readonly string[] = Object.values(means);

/** The means by which a test gets its objects. */
export function fixtureHabitsOf(testSource: string, hasSetUp: boolean): string[] {
  const habits: string[] = [];
  if (hasSetUp) habits.push(means.setUp);
  if (/\.build\s*\(\s*\)/.test(testSource)) habits.push(means.builders);
  if (/(?<![\w.])an?[A-Z]\w*\s*\(/.test(testSource)) habits.push(means.methods);
  if (/@(?:ValueSource|CsvSource|MethodSource|EnumSource|CsvFileSource|DataProvider)\b/.test(testSource))
    habits.push(means.sources);
  if (/(?<![\w.])(?:mock|spy)\s*\(/.test(testSource)) habits.push(means.mocks);
  return habits;
}
