import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { appendToken, textStreamStart } from '../../../server/generation/text-stream.ts';
import { home } from '../support/places.ts';

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
