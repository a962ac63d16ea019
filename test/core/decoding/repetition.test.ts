import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { circleIn } from '../../../core/decoding/repetition.ts';
import { root } from '../../server/support/places.ts';

const numbered = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => `    ${line(n)}\n`).join('');

describe('a circle', () => {
  const check = (text: string) => expect(circleIn(text)).toBeDefined();
  test('within a name', () => check(`void a() {\n    Formatter formatter${'Appended'.repeat(30)}`));
  test('of equal statements', () => check(`void a() {\n${numbered(8, () => 'assertEquals("", add(null));')}`));
  test('of statements that count', () =>
    check(`void a() {\n${numbered(16, (n) => `final Formatter formatter${n} = new Formatter();`)}`));
});

test('a circle is told by its unit and the part of the text that it fills', () =>
  expect(circleIn(`int a = ${'one + '.repeat(40)}`)).toEqual({ unit: 6, length: 160 }));

describe('no circle', () => {
  const check = (text: string) => expect(circleIn(text)).toBeUndefined();
  test('a few equal statements', () => check(`void a() {\n${numbered(4, () => 'assertEquals("", add(null));')}`));
  test('a table of cases', () =>
    check(`void a() {\n${numbered(10, (n) => `assertEquals(${n * 7}, times(${n}, 7));`)}`));
  test('a short text', () => check('aaaaaaaaaaaa'));
  test('any test class of the sample workspace, wherever it is cut', () => {
    const sample = join(root, 'test', 'sample');
    const files = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((file) => /Test\.java$/.test(file));
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const text = readFileSync(join(sample, file), 'utf8');
      for (let end = 1; end <= text.length; end += 7)
        expect(circleIn(text.slice(0, end)), `${file} at ${end}`).toBeUndefined();
    }
  });
});
