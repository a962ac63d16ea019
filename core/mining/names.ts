/** Identifiers that were split lately: a class's methods are compared with the name of each of its tests. */
const knownWords = new Map<string, readonly string[]>();
const KEPT_WORDS = 20_000;

/**
 * Splits an identifier into lower-case words at underscores and capitals; digits stay with the letters before them:
 * `parseURLFast_md5` gives `parse`, `url`, `fast`, `md5`.
 */
export function wordsOf(identifier: string): readonly string[] {
  const known = knownWords.get(identifier);
  if (known !== undefined) return known;
  if (knownWords.size >= KEPT_WORDS) knownWords.clear();
  const words = (
    identifier.match(/\p{Lu}+\d*(?![\p{Ll}])|\p{Lu}?\p{Ll}[\p{Ll}\d]*|\p{Lu}\p{Ll}*\d*|\d+|\p{Lo}+/gu) ?? []
  ).map((word) => word.toLowerCase());
  knownWords.set(identifier, words);
  return words;
}

/** The words of a test's name without `test` at either end. */
export function testNameWords(testMethod: string): readonly string[] {
  const words = wordsOf(testMethod);
  const start = /^tests?$/.test(words[0] ?? '') ? 1 : 0;
  const end = words.length > start + 1 && /^tests?$/.test(words.at(-1) ?? '') ? -1 : undefined;
  return words.slice(start, end);
}

/** Where `part` stands in `words` as an unbroken sequence; -1 when it does not. */
export function indexOfWords(words: readonly string[], part: readonly string[]): number {
  if (part.length === 0) {
    return -1;
  }
  for (let start = 0; start + part.length <= words.length; start++) {
    if (part.every((word, offset) => words[start + offset] === word)) {
      return start;
    }
  }
  return -1;
}

const TEST_SUFFIX =
  /_?(?:Unit|Integration|Functional|Acceptance|System|Component|Regression|Smoke|E2E|EndToEnd|Parameteri[sz]ed|JUnit\d?|Jupiter|TestNG)?_?(?:Tests?|TestCases?|ITs?|ITCase|Specs?|Tester|TestSuite)_?\d*$/;
const TEST_PREFIX = /^(?:Tests?|IT)_?(?=[A-Z0-9])/;

/** Names that the class under test may have, the likeliest first: the test class's name without its test marker. */
export function focalClassNames(testClass: string): string[] {
  const stem = testClass.replace(TEST_SUFFIX, '') || testClass;
  const names = [stem.replace(TEST_PREFIX, ''), stem];
  return [...new Set(names.flatMap((name) => [name, name.replace(/^(?:Abstract|Base)(?=[A-Z])/, '')]))].filter(
    (name) => name !== '' && name !== testClass,
  );
}

/** Shorter names made of the first words of a class's name, longest first: `StringUtilsContains` gives `StringUtils`, `String`. */
export function camelPrefixes(name: string): string[] {
  const prefixes: string[] = [];
  for (const match of name.matchAll(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|_+/gu)) {
    prefixes.push(name.slice(0, match.index));
  }
  return prefixes.reverse().filter((prefix) => prefix !== '');
}
