import type { Placement } from '../placement/placement.ts';
import type { CheckReason } from './check-result.ts';
import { lineInCandidate } from './line-in-candidate.ts';
import { isWithin, readFailureDetail, type StackFrame } from './stack-frames.ts';

/** A test that ran and did not pass. */
export interface FailedTest {
  readonly outcome: 'assertion-failure' | 'exception' | 'timeout';
  /** As `Verdict.java` writes it: the exception with its message, then the frames. */
  readonly detail: string;
  readonly placement: Placement;
  readonly source: string;
  readonly focal: { readonly className: string; readonly method: string };
}

/**
 * One sentence on why a test failed, and whether the test or the code is to blame as far as that can be told: an exception that Java
 * itself raises inside the class under test points at the code, a wrong value may be the fault of either.
 */
export function explainFailure(failed: FailedTest): CheckReason {
  const { outcome, detail } = failed;
  const {
    message: text,
    frames: [place],
  } = readFailureDetail(detail);
  const inCode = place !== undefined && isFocal(place, failed.focal);
  const where = place === undefined ? '' : ` (${inCode ? place.location : lineOf(place, failed.placement)})`;
  const said = { ...failed, text, where, inside: inCode ? `inside ${place.name}` : null };
  switch (outcome) {
    case 'timeout':
      return {
        code: 'timeout',
        message: inCode
          ? `It did not end in time, ${said.inside}${where}: the code may never end, or waits for something.`
          : `It did not end in time${where}. ${text}`,
      };
    case 'assertion-failure':
      return explainAssertion(said);
    case 'exception':
      return explainException(said);
  }
}

interface Said extends FailedTest {
  readonly text: string;
  /** In brackets, with a space before it, or empty. */
  readonly where: string;
  /** `null` when the exception was thrown elsewhere. */
  readonly inside: string | null;
}

function explainAssertion({ text, where, inside }: Said): CheckReason {
  const message = text.replace(/^[\w.$]+(?:: |\n|$)/, '').trim();
  if (inside !== null) {
    const said = message === '' ? '' : ` It says: ${oneLine(message)}`;
    return {
      code: 'points-at-code',
      message: `An assertion ${inside} failed${where}: the code may have a bug.${said}`,
    };
  }
  const values = expectedAndActual(message);
  const what = values === null ? 'An assertion failed' : `It expected ${values.expected} and got ${values.actual}`;
  const rest = values === null && message !== '' ? ` It says: ${oneLine(message)}` : '';
  return {
    code: 'assertion-failure',
    message: `${what}${where}: either the expectation is wrong or the code has a bug.${rest}`,
  };
}

/** What Java raises by itself when code does what it must not. Everything else somebody chose to throw. */
const raisedByJava = new Set([
  'NullPointerException',
  'ArrayIndexOutOfBoundsException',
  'StringIndexOutOfBoundsException',
  'IndexOutOfBoundsException',
  'ClassCastException',
  'ArithmeticException',
  'NegativeArraySizeException',
  'ArrayStoreException',
  'ConcurrentModificationException',
  'StackOverflowError',
]);

function explainException({ text, where, inside, source }: Said): CheckReason {
  const [, name = '', message = ''] = /^[\w.]*?([\w$]+)(?:: ([\s\S]*))?$/.exec(text) ?? [];
  const said = message === '' ? '' : ` It says: ${oneLine(message)}`;
  // Not "Could not initialize class ...", which is a failure of code that is there.
  if (name === 'NoClassDefFoundError' && /^[\w/$]+$/.test(message)) {
    const missing = message.replaceAll('/', '.');
    return {
      code: 'exception',
      message: `It cannot run${where}, because nothing on the module's test class path has the class ${missing}: add the library that has it to the module's test dependencies.`,
    };
  }
  if (inside === null) {
    return { code: 'exception', message: `It ended with an exception${where}: ${oneLine(text)}` };
  }
  if (!raisedByJava.has(name)) {
    return {
      code: 'exception',
      message: `${name} was thrown ${inside}${where}: the test may use it in a way that it refuses.${said}`,
    };
  }
  if (name === 'NullPointerException' && /\bnull\b/.test(source)) {
    return {
      code: 'exception',
      message: `${name} ${inside}${where}: the test gives it null, which it does not take.${said}`,
    };
  }
  return { code: 'points-at-code', message: `${name} ${inside}${where}: the code may have a bug.${said}` };
}

/** A failed comparison as JUnit, AssertJ, Hamcrest and Truth write it, and as TestNG does. */
const comparisons = [
  /\bexpected\s*:?\s*(?:is )?<?([^\n]*?)>?\s*but(?: was)?\s*:\s*(?:was )?<?([^\n]*?)>?\s*$/i,
  /\bexpected \[([^\n]*)\] but found \[([^\n]*)\]$/,
];

/** The two values of a failed comparison; `null` for what is none, or too long to read. */
function expectedAndActual(message: string): { readonly expected: string; readonly actual: string } | null {
  for (const comparison of comparisons) {
    const [, expected = '', actual = ''] = comparison.exec(message) ?? [];
    if ([expected, actual].every((value) => value !== '' && value.length <= 60)) return { expected, actual };
  }
  return null;
}

function isFocal({ className }: StackFrame, focal: FailedTest['focal']): boolean {
  return className.split('.').at(-1)?.split('$').includes(focal.className) === true;
}

function lineOf(frame: StackFrame, placement: Placement): string {
  return isWithin(frame, placement.binaryClassName) ? lineInCandidate(frame.line, placement) : frame.location;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
