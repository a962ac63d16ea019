import type { TestPair } from '../mining/test-pair.ts';

/**
 * One pair as one line of canonical JSON, without the line break: fixed order of keys, no white space between tokens, text that is
 * well-formed Unicode. Client and server compute the same bytes for the same pair, so hashes of chunks can be compared across the wire.
 */
export function canonicalPairLine(pair: TestPair): string {
  return JSON.stringify({
    id: wellFormed(pair.id),
    testFile: wellFormed(pair.testFile),
    testClass: wellFormed(pair.testClass),
    testMethod: wellFormed(pair.testMethod),
    focalFile: wellFormed(pair.focalFile),
    focalClass: wellFormed(pair.focalClass),
    focalMethod: wellFormed(pair.focalMethod),
    confidence: pair.confidence,
    evidence: pair.evidence.map(wellFormed),
    focalContext: {
      method: wellFormed(pair.focalContext.method),
      classDeclaration: wellFormed(pair.focalContext.classDeclaration),
      constructors: pair.focalContext.constructors.map(wellFormed),
      methods: pair.focalContext.methods.map(wellFormed),
      fields: pair.focalContext.fields.map(wellFormed),
      relatedTypes: pair.focalContext.relatedTypes.map(wellFormed),
    },
    testSource: wellFormed(pair.testSource),
  });
}

/** Reads a line that `canonicalPairLine` wrote. Throws a SyntaxError when it is not JSON. */
export function parsePairLine(line: string): TestPair {
  return JSON.parse(line) as TestPair;
}

/**
 * A JavaScript string may hold half of a surrogate pair, which UTF-8 and therefore protobuf cannot carry: it would arrive as U+FFFD and
 * change the hash on the way. It is replaced before hashing.
 */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
}
