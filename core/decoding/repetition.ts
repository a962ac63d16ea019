/** Longest unit whose repetition is noticed: a long statement. */
const LONGEST_PERIOD = 160;

/** How often a unit stands in a row before that is no test any more, and how many characters that takes at least. */
const EQUAL = { times: 6, characters: 160 };
/** Units that differ in numbers alone are common in tests, but not that many of them. */
const EQUAL_BUT_FOR_NUMBERS = { times: 12, characters: 300 };

/** The end of a text that is one unit several times in a row. In UTF-16 units. */
export interface Circle {
  readonly unit: number;
  readonly length: number;
}

/**
 * The circle that a text goes in at its end, as small models do when they have nothing more to say: what follows would be more of the same
 * until the token limit. Where units differ in numbers alone, a digit stands for each number.
 */
export function circleIn(text: string): Circle | undefined {
  return (
    periodicEnd(text, EQUAL) ??
    periodicEnd(
      text.slice(-2 * EQUAL_BUT_FOR_NUMBERS.times * LONGEST_PERIOD).replace(/\d+/gu, '0'),
      EQUAL_BUT_FOR_NUMBERS,
    )
  );
}

function periodicEnd(
  text: string,
  { times, characters }: { readonly times: number; readonly characters: number },
): Circle | undefined {
  for (let unit = 1; unit <= LONGEST_PERIOD; unit++) {
    const length = Math.max(times * unit, characters);
    if (length > text.length) return undefined;
    if (isPeriodic(text, text.length - length, unit)) return { unit, length };
  }
  return undefined;
}

function isPeriodic(text: string, start: number, period: number): boolean {
  // From the end, where a text that is not periodic differs soonest.
  for (let at = text.length - 1; at >= start + period; at--) if (text[at] !== text[at - period]) return false;
  return true;
}
