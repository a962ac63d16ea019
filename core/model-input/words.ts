/**
 * The lower-case words of Java text: identifiers and literals split at case changes, digits, underscores and everything that is no
 * letter: `parseHTTPHeader2` gives `parse`, `http`, `header`. Single letters say nothing and are dropped.
 */
export function wordsOf(text: string): string[] {
  return Array.from(text.matchAll(WORD), ([word]) => word.toLowerCase()).filter((word) => word.length > 1);
}

/** A run of capitals not followed by a lower-case letter, or a capitalised or lower-case word. */
const WORD = /\p{Lu}+(?!\p{Ll})|\p{L}\p{Ll}*/gu;
