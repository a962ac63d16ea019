import { createHash } from 'node:crypto';
import type { TestPair } from './test-pair.ts';

/**
 * The pair's id: SHA-256 over its names and texts. Confidence and evidence do not count, so that better heuristics keep ids, nor do related
 * types: a change of theirs makes no other test.
 */
export function testPairId(pair: Omit<TestPair, 'id' | 'confidence' | 'evidence'>): string {
  const { testFile, testClass, testMethod, focalFile, focalClass, focalMethod, focalContext, testSource } = pair;
  const { method, classDeclaration, constructors, methods, fields } = focalContext;
  const identity = [testFile, testClass, testMethod, focalFile, focalClass, focalMethod, testSource];
  return createHash('sha256')
    .update(JSON.stringify([...identity, method, classDeclaration, constructors, methods, fields]))
    .digest('hex');
}
