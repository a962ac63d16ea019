import { javaLexemes } from '../metrics/java-tokens.ts';

const keywords = new Set(
  'abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for goto if implements import instanceof int interface long native new null package private protected public return short static strictfp super switch synchronized this throw throws transient true try var void volatile while'.split(
    ' ',
  ),
);

/** All identifiers of a piece of Java in source order, with repetitions; of text that does not parse as well. */
export function identifiersInText(source: string): string[] {
  return javaLexemes(source).filter((token) => /^[\p{L}\p{Nl}_$]/u.test(token) && !keywords.has(token));
}
