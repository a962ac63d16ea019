/**
 * Checks what a manifest says of memorization (`ADAPTER_FORMAT.md`). Nothing here depends on the figures, people do: figures that
 * contradict each other are refused. An adapter of before they were measured has none. Throws an error whose message is a clause.
 */
export function checkMemorization(memorization: unknown): void {
  if (memorization === undefined) return;
  const { pairs, tokens, personalized, base } = fieldsOf(memorization);
  // A test has at least one token.
  const fits =
    isCount(pairs) &&
    isCount(tokens) &&
    pairs > 0 &&
    tokens >= pairs &&
    [personalized, base].every((givenBack) => {
      const { verbatim, longestRun, tokensRight } = fieldsOf(givenBack);
      return (
        isCount(verbatim) &&
        isCount(longestRun) &&
        isCount(tokensRight) &&
        verbatim <= Math.min(pairs, tokensRight) &&
        longestRun <= tokensRight &&
        tokensRight <= tokens
      );
    });
  if (!fits) throw new Error('its memorization is no measurement');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
