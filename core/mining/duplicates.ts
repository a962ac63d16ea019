import { createHash } from 'node:crypto';
import type { TestPair } from './test-pair.ts';

export type DuplicateFinding =
  | { readonly kind: 'first' }
  | { readonly kind: 'duplicate' }
  /** Equal but for literals and names of the test; `of` is the earlier pair's id. */
  | { readonly kind: 'near-duplicate'; readonly of: string };

/** What of a pair repetitions have in common: hashes of its texts. */
export interface PairFingerprints {
  readonly exact: string;
  /** Of the texts without literals and names of the test. */
  readonly near: string;
}

export function fingerprintsOf(pair: TestPair): PairFingerprints {
  const focal = pair.focalContext.method;
  return {
    exact: fingerprint(`${pair.focalClass}\n${focal}\n${pair.testSource}`),
    near: fingerprint(`${focal}\n${withoutLiterals(pair)}`),
  };
}

/** Recognises pairs that repeat an earlier one. It remembers 16 bytes a pair, not the texts. */
export class DuplicateFinder {
  readonly #exact = new Set<string>();
  readonly #near = new Map<string, string>();

  add(pairId: string, { exact, near }: PairFingerprints): DuplicateFinding {
    if (this.#exact.has(exact)) {
      return { kind: 'duplicate' };
    }
    this.#exact.add(exact);
    const earlier = this.#near.get(near);
    if (earlier !== undefined) {
      return { kind: 'near-duplicate', of: earlier };
    }
    this.#near.set(near, pairId);
    return { kind: 'first' };
  }
}

function withoutLiterals({ testSource, testMethod }: TestPair): string {
  const text = testSource
    .replaceAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g, '""')
    .replaceAll(/\b\d[\w.]*/g, '0');
  return withoutWord(text, testMethod);
}

/** With `test` for the word where it stands first. */
function withoutWord(text: string, word: string): string {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (!isInWord(text[at - 1]) && !isInWord(text[end])) return `${text.slice(0, at)}test${text.slice(end)}`;
  }
  return text;
}

const isInWord = (character: string | undefined) => character !== undefined && /\w/.test(character);

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}
