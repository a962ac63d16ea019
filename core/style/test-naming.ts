/** How a test is named, as a pattern a person reads: the first one that fits. `method` stands for the focal method's name. */
export function namingPatternOf(testMethod: string, focalMethod: string): string {
  for (const [pattern, fits] of patterns) if (fits(testMethod, focalMethod)) return pattern;
  return 'camelCase';
}

type Fits = (name: string, focal: string) => boolean;
const matches =
  (expression: RegExp): Fits =>
  (name) =>
    expression.test(name);
const startsWithFocal: Fits = (name, focal) => focal !== '' && name.toLowerCase().startsWith(focal.toLowerCase());

const patterns: readonly (readonly [string, Fits])[] = [
  ['given…_when…_then…', matches(/^given.*_?when.*_?then/i)],
  ['method_when…_then…', matches(/^[^_]+_when[^_]*_then/i)],
  ['when…_then…', matches(/^when.*then/i)],
  ['method_should…_when…', matches(/^[^_]+_should.*_(when|if|for|given)/i)],
  ['method_should…', matches(/^[^_]+_should/i)],
  ['should_snake_case', matches(/^should_/)],
  ['should…', matches(/^should[A-Z]/)],
  ['test_method…', matches(/^test_/)],
  ['test…', matches(/^test([A-Z0-9]|$)/)],
  ['snake_case_sentence', matches(/^[a-z0-9]+(_[a-z0-9]+){2,}$/)],
  ['method_state_expectation', matches(/^[^_]+_[^_]+_[^_]+$/)],
  ['method_condition', matches(/^[^_]+_[^_]+$/)],
  ['words_with_underscores', matches(/_/)],
  ['method', (name, focal) => name === focal],
  ['methodSays…', startsWithFocal],
  ['…Test', matches(/Test$/)],
];

/** Every pattern, in the order in which they are tried. */
export const namingPatterns: readonly string[] = [...patterns.map(([pattern]) => pattern), 'camelCase'];
