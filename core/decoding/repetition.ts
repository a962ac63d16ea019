/** Longest unit whose repetition is noticed: a long statement. */
const LONGEST_PERIOD = 160;

/** How often a unit stands in a row before that is no test any more, and how many characters that takes at least. */
const EQUAL = { times: 6, characters: 160 };
/** Units that differ in numbers alone are common in tests, but not that many of them. */
const EQUAL_BUT_FOR_NUMBERS = { times: 12, characters: 300 };

/**
 * Whether a text has begun to repeat itself without end, as small models do when they have nothing more to say: what follows would be
 * more of the same until the token limit.
 */
export function goesInCircles(text: string): boolean {
  return (
    endsPeriodically(text, EQUAL) ||
    endsPeriodically(text.slice(-2 * EQUAL_BUT_FOR_NUMBERS.times * LONGEST_PERIOD).replace(/\d+/gu, '0'), {
      ...EQUAL_BUT_FOR_NUMBERS,
    })
  );
}

function endsPeriodically(
  text: string,
  { times, characters }: { readonly times: number; readonly characters: number },
) {
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    const length = Math.max(times * period, characters);
    if (length > text.length) break;
    if (isPeriodic(text, text.length - length, period)) return true;
  }
  return false;
}

function isPeriodic(text: string, start: number, period: number): boolean {
  // From the end, where a text that is not periodic differs soonest.
  for (let at = text.length - 1; at >= start + period; at--) if (text[at] !== text[at - period]) return false;
  return true;
}
