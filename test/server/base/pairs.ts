import { createHash } from 'node:crypto';
import type { TestPair } from '../../../core/mining/test-pair.ts';

/** A pair whose test holds `test` as its body; the rest follows from the names. */
export function pairOf(
  focalClass: string,
  focalMethod: string,
  test: string,
  evidence: readonly string[] = ['method-name'],
): TestPair {
  const testMethod = `${focalMethod}Test`;
  return {
    id: createHash('sha256').update(`${focalClass}.${focalMethod} ${test}`).digest('hex'),
    testFile: `src/test/java/${focalClass}Test.java`,
    testClass: `${focalClass}Test`,
    testMethod,
    focalFile: `src/main/java/${focalClass}.java`,
    focalClass,
    focalMethod,
    confidence: 1,
    evidence,
    focalContext: {
      method: `public int ${focalMethod}(int size) {\n    return size;\n}`,
      classDeclaration: `public class ${focalClass}`,
      constructors: [],
      methods: [],
      fields: [],
      relatedTypes: [],
    },
    testSource: `@Test\nvoid ${testMethod}() {\n    ${test}\n}`,
  };
}
