import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Rows of the table in docs/complaints.md: number, and the tests that it names as `file`: *name*, *name*. */
const rows = readFileSync('docs/complaints.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => ({ number: Number(/\d+/.exec(line)?.[0]), tests: line.split(' | ').at(-1) ?? '' }));

test('every complaint has a row, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 19 }, (_, at) => at + 1));
});

test.each(rows)('the tests of complaint $number are there', ({ tests }) => {
  const files = [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
