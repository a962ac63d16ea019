import type { TestPair } from '../../core/mining/test-pair.ts';

/**
 * Parts pairs whose text holds what looks like a real credential from the others. Such a pair is not sent: a masked one would teach the
 * mask, and an unmasked one could come back out of the model.
 */
export function withoutSecrets(pairs: readonly TestPair[]): { clean: TestPair[]; withSecret: TestPair[] } {
  const clean: TestPair[] = [];
  const withSecret: TestPair[] = [];
  for (const pair of pairs) (holdsSecret(textOf(pair)) ? withSecret : clean).push(pair);
  return { clean, withSecret };
}

/** Formats that issuers document, so that test fixtures like `"password"` or random hexadecimal stay. */
const secretFormats = [
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{50,}\b/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bsk_live_[A-Za-z0-9]{20,}\b/,
  /\bAIza[0-9A-Za-z_-]{35}\b/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/,
  /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
];

function holdsSecret(text: string): boolean {
  return secretFormats.some((format) => format.test(text));
}

function textOf({ testSource, focalContext }: TestPair): string {
  return [testSource, focalContext.method, ...focalContext.fields].join('\n');
}
