import { isIdentifier } from '../java/keywords.ts';
import { javaLexemes } from '../metrics/java-tokens.ts';

/** All identifiers of a piece of Java in source order, with repetitions; of text that does not parse as well. */
export function identifiersInText(source: string): string[] {
  return javaLexemes(source).filter(isIdentifier);
}
