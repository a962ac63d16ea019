import type { TestPair } from '../../core/mining/test-pair.ts';

/** A test that the repository has. */
export interface ExistingTest {
  /** For instance `FooTest#bar`. */
  readonly name: string;
  readonly source: string;
}

export function existingTestsOf(pairs: readonly TestPair[]): ExistingTest[] {
  return pairs.map((pair) => ({ name: nameOfTest(pair), source: pair.testSource }));
}

/** As a reader looks it up. */
export function nameOfTest({ testClass, testMethod }: Pick<TestPair, 'testClass' | 'testMethod'>): string {
  return `${testClass}#${testMethod}`;
}
