import { describe, expect, test } from 'vitest';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { abstractTokens } from '../../../core/metrics/abstraction.ts';

const parser = await JavaParser.create();

function check(method: string, expected: string): void {
  expect(abstractTokens(parser, method).join(' ')).toBe(expected);
}

describe('abstracts', () => {
  test.each([
    [
      'the shape of the example in the README of src2abs',
      'public static void begin(Word[] words) { console.say("Hello, World!"); }',
      'public static void METHOD_1 ( TYPE_1 [ ] VAR_1 ) { VAR_2 . METHOD_2 ( STRING_1 ) ; }',
    ],
    [
      'what appears again under the same number',
      'void fill() { Jar jar = new Jar(7, 7); jar.fill(8); jar.fill(); }',
      'void METHOD_1 ( ) { TYPE_1 VAR_1 = new TYPE_1 ( INT_1 , INT_1 ) ; VAR_1 . METHOD_1 ( INT_2 ) ; VAR_1 . METHOD_1 ( ) ; }',
    ],
    [
      'literals by kind, and keeps true, null, 0, 1 and the empty string',
      'void m() { go(true, null, 0, 1, "", "a b", \'x\', 2, 0xFFL, 2.5, 3f, 1e9, "a b"); }',
      'void METHOD_1 ( ) { METHOD_2 ( true , null , 0 , 1 , "" , STRING_1 , CHAR_1 , INT_1 , INT_2 , FLOAT_1 , FLOAT_2 , FLOAT_3 , STRING_1 ) ; }',
    ],
    [
      'idioms not at all',
      'void m() { List<String> list = new ArrayList<>(); assertEquals(0, list.size()); }',
      'void METHOD_1 ( ) { List < String > list = new ArrayList < > ( ) ; assertEquals ( 0 , list . size ( ) ) ; }',
    ],
    [
      'a name in front of an idiom',
      'void m() { jar.size(); Jar.of(lid); pot.jar.size(); }',
      'void METHOD_1 ( ) { VAR_1 . size ( ) ; TYPE_1 . of ( VAR_2 ) ; VAR_3 . size ( ) ; }',
    ],
    [
      'a dotted name as one, up to the method',
      'void m() { use(pot.jar.lid, Lid.RED); pot.jar.open(); this.jar.open(); }',
      'void METHOD_1 ( ) { METHOD_2 ( VAR_1 , VAR_2 ) ; VAR_3 . METHOD_3 ( ) ; this . VAR_4 . METHOD_3 ( ) ; }',
    ],
    [
      'a capital in front of a call as a type, qualified or not',
      'void m() { Jars.fill(); kitchen.Jars.fill(); jars.fill(); }',
      'void METHOD_1 ( ) { TYPE_1 . METHOD_2 ( ) ; TYPE_2 . METHOD_2 ( ) ; VAR_1 . METHOD_2 ( ) ; }',
    ],
    [
      'types wherever they stand',
      'void m() throws Spill { Map.Entry<Jar, Lid> both = (Both) find(Jar.class); try { } catch (Spill | Crack odd) { } }',
      'void METHOD_1 ( ) throws TYPE_1 { TYPE_2 < TYPE_3 , TYPE_4 > VAR_1 = ( TYPE_5 ) METHOD_2 ( VAR_2 class ) ; try { } catch ( TYPE_1 | TYPE_6 VAR_3 ) { } }',
    ],
    [
      'a method that is referred to, and a variable of a method’s name',
      'void m() { int fill = jar.fill(); each(Jar::fill, jar::shut); }',
      'void METHOD_1 ( ) { int VAR_1 = VAR_2 . METHOD_2 ( ) ; METHOD_3 ( TYPE_1 :: METHOD_2 , VAR_2 :: METHOD_4 ) ; }',
    ],
    [
      'without comments and annotations, and what annotations name is no type yet',
      '@Test(expected = Spill.class) @Slow void m() { // given\n final @Clean Jar jar = /* one */ make(); }',
      'void METHOD_1 ( ) { final TYPE_1 VAR_1 = METHOD_2 ( ) ; }',
    ],
    [
      'lambdas, operators and `var`',
      'void m() { var jars = (lid) -> lid >= 2 ? lid++ : -lid; }',
      'void METHOD_1 ( ) { var VAR_1 = ( VAR_2 ) -> VAR_2 >= INT_1 ? VAR_2 ++ : - VAR_2 ; }',
    ],
    [
      'what does not parse as far as it goes',
      'void m() { jar.fill(2); if (',
      'void METHOD_1 ( ) { VAR_1 . METHOD_2 ( INT_1 ) ; if (',
    ],
    ['nothing', '', ''],
  ])('%s', (_, method, expected) => check(method, expected));
});
