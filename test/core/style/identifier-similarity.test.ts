import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifiersOf } from '../../../core/java/identifiers.ts';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { identifierSimilarities } from '../../../core/style/identifier-similarity.ts';
import { identifiersInText } from '../../../core/style/identifiers-in-text.ts';

const corpus = [
  '@Test void a() { subject.run(); }',
  '@Test void b() { subject.stop(); }',
  '@Test void c() { subject.wait(); }',
];

function check(team: string, written: string): number {
  return identifierSimilarities({ team: [team], written: [written] }, corpus)[0] ?? Number.NaN;
}

describe('identifier similarity', () => {
  it.each([
    ['the same text', '@Test void a() { subject.run(); }', '@Test void a() { subject.run(); }', 1],
    ['another layout and order', 'a(); b();', 'b();\n\n  a();', 1],
    ['nothing in common', 'alpha();', 'beta();', 0],
    ['an empty text', 'alpha();', '', 0],
    ['only keywords', 'alpha();', 'return null;', 0],
  ])('of %s', (_, team, written, expected) => expect(check(team, written)).toBeCloseTo(expected, 12));

  it('weighs rare names more than names that every test uses', () => {
    const rare = check('Test subject run', 'run other');
    const common = check('Test subject run', 'subject other');
    expect(rare).toBeGreaterThan(common);
  });

  it('equals the textbook on a case by hand', () => {
    // Three tests: `subject` is in all (weight ln(4/4)+1 = 1), `run` in one (ln(4/2)+1), `x` in none (ln(4/1)+1).
    const run = Math.log(2) + 1;
    const unseen = Math.log(4) + 1;
    const expected = (1 * 1 + run * run) / (Math.hypot(1, run) * Math.hypot(1, run, unseen));
    expect(check('subject run', 'subject run x')).toBeCloseTo(expected, 12);
  });

  it('sees the identifiers that the parser sees', async () => {
    const folder = join(import.meta.dirname, '../../sample/text/src/test/java/example/wayside/text');
    const parser = await JavaParser.create();
    for (const name of readdirSync(folder)) {
      const source = readFileSync(join(folder, name), 'utf8');
      const parsed = withJavaTree(parser, source, identifiersOf).filter((identifier) => identifier !== 'var');
      expect(identifiersInText(source)).toEqual(parsed);
    }
    parser.delete();
  }, 60_000);
});
