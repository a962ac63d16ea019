/** Candidates without those that differ from an earlier one in white space alone. */
export function distinctTexts<T extends { readonly text: string }>(candidates: readonly T[]): T[] {
  const seen = new Set<string>();
  return candidates.filter(({ text }) => {
    const key = text.replace(/\s+/gu, ' ').trim();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
