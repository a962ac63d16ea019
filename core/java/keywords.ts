const keywords = new Set(
  'abstract assert boolean break byte case catch char class const continue default do double else enum extends false final finally float for goto if implements import instanceof int interface long native new null package private protected public return short static strictfp super switch synchronized this throw throws transient true try var void volatile while'.split(
    ' ',
  ),
);

/** Whether a token of Java text is a name, and not a keyword, a literal or an operator. */
export function isIdentifier(token: string): boolean {
  return /^[\p{L}\p{Nl}_$]/u.test(token) && !keywords.has(token);
}
