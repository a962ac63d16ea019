/** A longer agreement says no more. */
const LONGEST_MATCH = 12;

/**
 * Guesses the tokens that follow a text by what followed its last tokens earlier in it: tests copy from the focal class and from
 * neighbouring tests, which stand in the model's input. The longest agreement decides, among equals the latest. The longer it is, the
 * further ahead the guess is right: it goes one token further than the agreement is long, and at most `most` tokens.
 */
export function copyDraft(tokens: readonly number[], most: number): number[] {
  const last = tokens.length - 1;
  let longest = 0;
  let source = -1;
  for (let end = last - 1; end >= 0 && longest < LONGEST_MATCH; end--) {
    if (tokens[end] !== tokens[last]) continue;
    let length = 1;
    while (length < LONGEST_MATCH && length <= end && tokens[end - length] === tokens[last - length]) length++;
    if (length <= longest) continue;
    longest = length;
    source = end + 1;
  }
  return source < 0 ? [] : tokens.slice(source, source + Math.min(longest + 1, most));
}
