import { expect, it } from 'vitest';
import { explainFailure, type FailedTest } from '../../../extension/check/explain-failure.ts';
import type { Placement } from '../../../extension/placement/placement.ts';

const source = '@Test\nvoid adds() {\n  assertEquals(2, new Cart().add(1));\n}';
const before = 'package shop;\nclass CartTest {\n';
const placement = {
  binaryClassName: 'shop.CartTest',
  isNewFile: false,
  test: { offset: before.length, text: `${source}\n` },
  text: `${before}${source}\n}\n`,
} as Placement;

function check(outcome: FailedTest['outcome'], detail: string, expected: string, written = source): void {
  const focal = { className: 'Cart', method: 'add' };
  const { code, message } = explainFailure({ outcome, detail, placement, source: written, focal });
  expect(`${code}: ${message}`).toBe(expected);
}

const inTest = '\nat shop.CartTest.adds(CartTest.java:5)';
const either = 'either the expectation is wrong or the code has a bug.';

it.each([
  ['JUnit 5', 'org.opentest4j.AssertionFailedError: expected: <2> but was: <1>'],
  ['JUnit 5 with a message', 'org.opentest4j.AssertionFailedError: the size ==> expected: <2> but was: <1>'],
  ['JUnit 4', 'java.lang.AssertionError: expected:<2> but was:<1>'],
  ['AssertJ', 'org.opentest4j.AssertionFailedError: \nexpected: 2\n but was: 1'],
  ['Hamcrest', 'java.lang.AssertionError: \nExpected: is <2>\n     but: was <1>'],
  ['Truth', 'com.google.common.truth.ComparisonFailureWithFacts: \nexpected: 2\nbut was : 1'],
  ['TestNG', 'java.lang.AssertionError: expected [2] but found [1]'],
])('reads the values of %s', (_, detail) =>
  check('assertion-failure', `${detail}${inTest}`, `assertion-failure: It expected 2 and got 1 (line 3): ${either}`),
);

it('quotes what it cannot tell shorter', () => {
  check(
    'assertion-failure',
    `java.lang.AssertionError: \nExpecting actual:\n  [1]\nto contain:\n  [2]${inTest}`,
    `assertion-failure: An assertion failed (line 3): ${either} It says: Expecting actual: [1] to contain: [2]`,
  );
  check(
    'assertion-failure',
    `java.lang.AssertionError${inTest}`,
    `assertion-failure: An assertion failed (line 3): ${either}`,
  );
});

it.each([
  [
    'java.lang.NullPointerException: x is null\nat shop.Cart.add(Cart.java:9)',
    'NullPointerException inside Cart.add (Cart.java:9): the code may have a bug. It says: x is null',
  ],
  [
    'java.lang.ArithmeticException: / by zero\nat shop.Cart$Sum.of(Cart.java:9)',
    'ArithmeticException inside Sum.of (Cart.java:9): the code may have a bug. It says: / by zero',
  ],
  [
    'java.lang.IndexOutOfBoundsException\nat shop.Cart.lambda$add$0(Cart.java:9)',
    'IndexOutOfBoundsException inside Cart.add (Cart.java:9): the code may have a bug.',
  ],
  [
    'java.lang.ClassCastException\nat shop.Cart.<init>(Cart.java:9)',
    'ClassCastException inside new Cart (Cart.java:9): the code may have a bug.',
  ],
])('blames the code for %j', (detail, message) => check('exception', detail, `points-at-code: ${message}`));

it.each([
  [
    'java.lang.IllegalStateException: full\nat shop.Cart.add(Cart.java:9)',
    'IllegalStateException was thrown inside Cart.add (Cart.java:9): the test may use it in a way that it refuses. It says: full',
  ],
  [
    'java.lang.NullPointerException\nat shop.Ledger.note(Ledger.java:4)',
    'It ended with an exception (Ledger.java:4): java.lang.NullPointerException',
  ],
  [`java.lang.NullPointerException${inTest}`, 'It ended with an exception (line 3): java.lang.NullPointerException'],
  [
    'java.lang.NullPointerException\nat shop.CartTest.setUp(CartTest.java:40)',
    'It ended with an exception (line 40 of the file): java.lang.NullPointerException',
  ],
  ['java.lang.OutOfMemoryError', 'It ended with an exception: java.lang.OutOfMemoryError'],
])('does not blame the code for %j', (detail, message) => check('exception', detail, `exception: ${message}`));

it('does not blame the code for a null that the test gives', () =>
  check(
    'exception',
    'java.lang.NullPointerException\nat shop.Cart.add(Cart.java:9)',
    'exception: NullPointerException inside Cart.add (Cart.java:9): the test gives it null, which it does not take.',
    'void adds() { new Cart().add(null); }',
  ));

it('says where a test hangs', () => {
  check('timeout', `It used up its 10 ms.${inTest}`, 'timeout: It did not end in time (line 3). It used up its 10 ms.');
  check(
    'timeout',
    'It used up its 10 ms.\nat shop.Cart.add(Cart.java:9)',
    'timeout: It did not end in time, inside Cart.add (Cart.java:9): the code may never end, or waits for something.',
  );
});

it('names a class that the module lacks when tests run', () => {
  check(
    'exception',
    'java.lang.NoClassDefFoundError: org/hamcrest/SelfDescribing',
    "exception: It cannot run, because nothing on the module's test class path has the class org.hamcrest.SelfDescribing: add the library that has it to the module's test dependencies.",
  );
  check(
    'exception',
    `java.lang.NoClassDefFoundError: Could not initialize class shop.Cart${inTest}`,
    'exception: It ended with an exception (line 3): java.lang.NoClassDefFoundError: Could not initialize class shop.Cart',
  );
});
