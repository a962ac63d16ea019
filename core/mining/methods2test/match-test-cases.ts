import type { PublishedMethod } from '../file-facts.ts';
import type { UnpairedReason } from '../mining-record.ts';

export type PublishedEvidence = 'method-name' | 'unique-call';

export type PublishedMatch =
  | { readonly focalMethod: PublishedMethod; readonly evidence: PublishedEvidence }
  | { readonly reason: UnpairedReason };

/**
 * Finds the focal method of a test as methods2test's `match_test_cases` does: the test's name in lower case without `test` equals a
 * method's name, else exactly one distinct method of the focal file is invoked. Among overloads it is always the first.
 */
export function matchTestCase(test: PublishedMethod, focalMethods: readonly PublishedMethod[]): PublishedMatch {
  const byName = new Map<string, PublishedMethod>();
  for (const method of focalMethods) {
    const name = method.name.toLowerCase();
    if (!byName.has(name)) {
      byName.set(name, method);
    }
  }
  const sameName = byName.get(test.name.toLowerCase().replaceAll('test', ''));
  if (sameName !== undefined) {
    return { focalMethod: sameName, evidence: 'method-name' };
  }
  const invoked = test.invocations.filter((name) => byName.has(name));
  const [only] = invoked;
  const focalMethod = only === undefined ? undefined : byName.get(only);
  if (focalMethod === undefined) {
    return { reason: 'no-focal-method' };
  }
  return invoked.length === 1 ? { focalMethod, evidence: 'unique-call' } : { reason: 'ambiguous-focal-method' };
}
