import { expect, it } from 'vitest';
import { javaTokens } from '../../../core/metrics/java-tokens.ts';

function check(source: string, tokens: string): void {
  expect(javaTokens(source).join(' ')).toBe(tokens);
}

it.each([
  ['a.b(c);', 'a . b ( c ) ;'],
  ['x+=1;y++;', 'x += 1 ; y ++ ;'],
  ['List<List<String>> a', 'List < List < String > > a'],
  ['a >>>= 2 >>> 1', 'a >>>= 2 >>> 1'],
  ['f("say \\"hi\\" now", \'\\\'\')', 'f ( "say \\"hi\\" now" , \'\\\'\' )'],
  ['a // gone\n/* gone\ntoo */b', 'a b'],
  ['"http://x" + 1.5e-3f + 0xFFL + 1_000', '"http://x" + 1.5e-3f + 0xFFL + 1_000'],
  ['"""\n  two\n  words""".x', '""" two words""" . x'],
  ['@Test() -> A::b ...', '@ Test ( ) -> A :: b ...'],
  ['"open\nnext', '"open next'],
  ['/* open', ''],
  ['größe = ünï # \u{1F600}', 'größe = ünï # \u{1F600}'],
  ['1.2.3', '1.2 .3'],
  ['a1.b2', 'a1 . b2'],
])('splits %j', (source, tokens) => check(source, tokens));
