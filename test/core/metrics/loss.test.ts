import { expect, test } from 'vitest';
import { meanLoss, natsPerCharacter } from '../../../core/metrics/loss.ts';

test('nats per character weigh every character alike and do not depend on the tokenizer', () => {
  const fine = [
    { lossSum: 6, targetTokens: 4, targetCharacters: 10 },
    { lossSum: 3, targetTokens: 8, targetCharacters: 20 },
  ];
  const coarse = fine.map((loss) => ({ ...loss, targetTokens: loss.targetTokens / 2 }));
  expect(natsPerCharacter(fine)).toBeCloseTo(0.3, 12);
  expect(natsPerCharacter(coarse)).toBe(natsPerCharacter(fine));
  expect(meanLoss(coarse)).toBe(2 * meanLoss(fine));
  expect(natsPerCharacter([])).toBeNaN();
});
