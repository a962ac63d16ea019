import { createHash } from 'node:crypto';
import type { TestPair } from './test-pair.ts';

export type DuplicateFinding =
  | { readonly kind: 'first' }
  | { readonly kind: 'duplicate' }
  /** Equal but for literals and names of the test; `of` is the earlier pair's id. */
  | { readonly kind: 'near-duplicate'; readonly of: string };

/** Recognises pairs that repeat an earlier one. It remembers 16 bytes a pair, not the texts. */
export class DuplicateFinder {
  readonly #exact = new Set<string>();
  readonly #near = new Map<string, string>();

  add(pair: TestPair): DuplicateFinding {
    const focal = pair.focalContext.method;
    const exact = fingerprint(`${pair.focalClass}\n${focal}\n${pair.testSource}`);
    if (this.#exact.has(exact)) {
      return { kind: 'duplicate' };
    }
    this.#exact.add(exact);
    const near = fingerprint(`${focal}\n${withoutLiterals(pair)}`);
    const earlier = this.#near.get(near);
    if (earlier !== undefined) {
      return { kind: 'near-duplicate', of: earlier };
    }
    this.#near.set(near, pair.id);
    return { kind: 'first' };
  }
}

function withoutLiterals(pair: TestPair): string {
  return pair.testSource
    .replaceAll(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g, '""')
    .replaceAll(/\b\d[\w.]*/g, '0')
    .replace(new RegExp(`\\b${pair.testMethod.replaceAll('$', '\\$')}\\b`), 'test');
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 22);
}
