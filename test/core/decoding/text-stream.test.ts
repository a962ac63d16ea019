import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { appendToken, textStreamStart } from '../../../core/decoding/text-stream.ts';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { home } from '../../server/support/places.ts';

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(join(home, 'base-model', 'smollm2-135m-tests'));
});

/** Token by token, the settled pieces add up to the text and none holds half a character. */
function check(text: string): void {
  let stream = textStreamStart;
  const pieces: string[] = [];
  for (const token of tokenizer.encode(text)) {
    const step = appendToken(stream, token, tokenizer);
    stream = step.stream;
    pieces.push(step.text);
  }
  expect(pieces.join('')).toBe(text);
  for (const piece of pieces) expect(piece).not.toContain('\uFFFD');
}

test.each([
  '@Test\nvoid adds() {\n    assertEquals(3, add(1, 2));\n}\n',
  '\t\t  tabs and   spaces  \r\n\n\n',
  'Straße naïve 日本語 テスト',
  '👩‍👩‍👧‍👦 🏳️‍🌈 𝒳𝒴𝒵 🇩🇪',
  'ᚠᛇᚻ ₪₫€ ﷽',
  '',
])('%j', check);

test('bytes that are no characters, which no sane model writes, give no half of one', () => {
  const random = new SeededRandom(11);
  const parts = ['🌼', '𝒳', '日', 'ß', 'a'].map((text) => tokenizer.encode(text));
  let broken = 0;
  for (let made = 0; made < 3000; made++) {
    let stream = textStreamStart;
    for (let length = 0; length < 16; length++) {
      const step = appendToken(stream, random.pick(random.pick(parts)), tokenizer);
      stream = step.stream;
      broken += step.text.includes('\uFFFD') ? 1 : 0;
      // What is written to UTF-8 and read again is the same only if no half of a pair is in it.
      expect(Buffer.from(step.text).toString()).toBe(step.text);
    }
  }
  expect(broken).toBeGreaterThan(100);
});
