import { createHash } from 'node:crypto';
import type { TestPair } from '../../../core/mining/test-pair.ts';

/** A pair whose text is chosen by the caller; the rest follows from it. */
export function makePair(focalClass: string, testMethod: string, testSource: string): TestPair {
  return {
    id: createHash('sha256').update(`${focalClass}\n${testMethod}\n${testSource}`).digest('hex'),
    testFile: `src/test/java/p/${focalClass}Test.java`,
    testClass: `${focalClass}Test`,
    testMethod,
    focalFile: `src/main/java/p/${focalClass}.java`,
    focalClass,
    focalMethod: 'add',
    confidence: 0.75,
    evidence: ['matchByName'],
    focalContext: {
      method: 'public int add(int a, int b) { return a + b; }',
      classDeclaration: `public class ${focalClass}`,
      constructors: [`public ${focalClass}()`],
      methods: ['public int subtract(int a, int b)'],
      fields: [],
      relatedTypes: [],
    },
    testSource,
  };
}

/** A test that shares little text with the tests of other numbers. */
export function distinctTest(name: string, number: number): string {
  const word = (salt: string) => `w${createHash('sha256').update(`${salt}${name}${number}`).digest('hex').slice(0, 8)}`;
  return `@Test\nvoid ${name}() {\n  ${word('a')}.${word('b')}(${word('c')});\n  assertEquals(${word('d')}, ${word('e')}.${word('f')}());\n  ${word('g')}.close(${word('h')}, ${word('i')});\n}`;
}

/** `classes` focal classes with `perClass` distinct tests each. */
export function distinctPairs(classes: number, perClass: number): TestPair[] {
  return Array.from({ length: classes * perClass }, (_, at) => {
    const focalClass = `Class${Math.floor(at / perClass)}`;
    return makePair(focalClass, `test${at}`, distinctTest(`test${at}`, at));
  });
}
