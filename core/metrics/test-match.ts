import type { JavaParser } from '../java/java-parser.ts';
import { abstractTokens } from './abstraction.ts';
import { writtenTokens } from './java-tokens.ts';

/** Whether candidates hit the team's test (paper P, RQ2 a and b). */
export interface TestMatch {
  /** The same text, white space between tokens ignored. */
  readonly exact: boolean;
  /** The same after abstraction: the same shape, with other names and values. Every exact match is one. */
  readonly abstracted: boolean;
}

/** Whether any of the candidates matches: one candidate gives the top-1 figure, the first k give top-k. */
export function matchTest(parser: JavaParser, candidates: readonly string[], teamTest: string): TestMatch {
  const hit = (tokensOf: (source: string) => readonly string[]) => {
    const wanted = tokensOf(teamTest);
    return candidates.some((candidate) => {
      const tokens = tokensOf(candidate);
      return tokens.length === wanted.length && tokens.every((token, at) => token === wanted[at]);
    });
  };
  return { exact: hit(writtenTokens), abstracted: hit((source) => abstractTokens(parser, source)) };
}
