import { secretRules } from './secret-rules.ts';

/** Where a text holds what looks like a real credential. Never holds the credential itself, nor a part of it. */
export interface SecretInText {
  /** For instance `AWS access key`. */
  readonly kind: string;
  /** Offsets into the text. */
  readonly start: number;
  readonly end: number;
}

/** In the order of their places, none over another. What two rules recognize is named by the one that comes first in the table. */
export function findSecrets(text: string): SecretInText[] {
  const lowerCase = text.toLowerCase();
  const matches: SecretInText[] = [];
  for (const { kind, keywords, format, isReal } of secretRules) {
    if (!keywords.some((keyword) => lowerCase.includes(keyword))) continue;
    for (const match of text.matchAll(format)) {
      const secret = match[1] ?? match[0];
      if (isReal?.(secret) === false) continue;
      const start = match.index + match[0].lastIndexOf(secret);
      matches.push({ kind, start, end: start + secret.length });
    }
  }
  // Sorting keeps the table's order where places are equal.
  matches.sort((one, other) => one.start - other.start);
  const found: SecretInText[] = [];
  for (const match of matches) {
    const last = found.at(-1);
    if (last === undefined || match.start >= last.end) found.push(match);
    else found[found.length - 1] = { ...last, end: Math.max(last.end, match.end) };
  }
  return found;
}

/** What stands in place of a masked credential. It keeps a Java literal a literal. */
export const secretMask = '***';

/** The text with every credential masked. Text without one comes back as it is. */
export function maskSecrets(text: string): string {
  let masked = '';
  let at = 0;
  for (const { start, end } of findSecrets(text)) {
    masked += text.slice(at, start) + secretMask;
    at = end;
  }
  return masked + text.slice(at);
}
