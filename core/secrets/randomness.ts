/**
 * Whether a text looks as a machine made it: letters with digits or signs, no words, and no character that comes up too often. Base64, hexadecimal
 * and passwords of a generator do; names, paths, versions and placeholders do not.
 */
export function isRandom(text: string): boolean {
  return (
    /[0-9!#%&*+?^~]/.test(text) &&
    /[A-Za-z]/.test(text) &&
    !isPlaceholder(text) &&
    !isWords(text) &&
    !text.includes('://') &&
    entropyBits(text) >= 3.3
  );
}

/** Whether a password looks like one that somebody uses: a placeholder or a word of the documentation is none. */
export function isMadeUp(text: string): boolean {
  return text.length >= 8 && !isPlaceholder(text) && !isWords(text) && entropyBits(text) >= 2.5;
}

/** Shannon entropy in bits for each character. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

function isPlaceholder(text: string): boolean {
  return /passw|secret|example|sample|dummy|change-?me|change-?it|placeholder|redacted|x{4}|\*{3}|\.{3}|12345|abcdef|qwert|hmac/i.test(
    text,
  );
}

/** Words, also joined as names are: `orderService`, `user-name`, `com.shop.Cart2`. */
function isWords(text: string): boolean {
  const words = text.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/).filter((word) => word !== '');
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const meanLetters = letters / words.length;
  if (/^[^0-9]*[0-9]{0,4}$/.test(text)) return meanLetters >= shortestMeanWord;
  // Paths and names of settings hold a digit now and then: `fs.azure.account.oauth2.token`.
  return meanLetters >= shortestMeanWord && /[./-].*[./-]/.test(text);
}

/** Of random letters, every second or third begins a new word. */
const shortestMeanWord = 3.5;
