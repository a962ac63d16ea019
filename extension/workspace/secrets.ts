import type { FocalContext, TestPair } from '../../core/mining/test-pair.ts';

/** A pair that is kept back, and why. */
export interface PairWithSecret extends TestPair {
  /** At least one. */
  readonly secrets: readonly FoundSecret[];
}

/** What looks like a real credential. Never holds the credential itself, nor a part of it. */
export interface FoundSecret {
  /** For instance `AWS access key`. */
  readonly kind: string;
  /** For instance `line 2 of the test CartTest#key`. */
  readonly place: string;
  /** The file that holds it, relative to the workspace. */
  readonly file: string;
}

/**
 * Parts pairs whose text holds what looks like a real credential from the others. Such a pair is not sent: a masked one would teach the
 * mask, and an unmasked one could come back out of the model.
 */
export function withoutSecrets(pairs: readonly TestPair[]): { clean: TestPair[]; withSecret: PairWithSecret[] } {
  const clean: TestPair[] = [];
  const withSecret: PairWithSecret[] = [];
  for (const pair of pairs) {
    const secrets = secretsOf(pair);
    if (secrets.length === 0) clean.push(pair);
    else withSecret.push({ ...pair, secrets });
  }
  return { clean, withSecret };
}

/** One line for a person, for instance `AWS access key: line 2 of the test CartTest#key, in src/test/java/CartTest.java`. */
export function secretText({ kind, place, file }: FoundSecret): string {
  return `${kind}: ${place}, in ${file}`;
}

/** Formats that issuers document, so that test fixtures like `"password"` or random hexadecimal stay. */
const secretFormats: readonly (readonly [kind: string, format: RegExp])[] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['GitHub token', /\bgithub_pat_[A-Za-z0-9_]{50,}\b/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['Slack token', /\bxox[abprs]-[A-Za-z0-9-]{10,}/],
  ['Stripe live key', /\bsk_live_[A-Za-z0-9]{20,}\b/],
  ['Google API key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['SendGrid key', /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/],
];

/** Every text of a pair that is sent is looked through. */
function secretsOf({
  testFile,
  testClass,
  testMethod,
  testSource,
  focalFile,
  focalClass,
  ...pair
}: TestPair): FoundSecret[] {
  const { method, ...around } = pair.focalContext;
  return [
    ...secretsIn(testSource, testFile, (line) => `line ${line} of the test ${testClass}#${testMethod}`),
    ...secretsIn(method, focalFile, (line) => `line ${line} of the method ${focalClass}.${pair.focalMethod}`),
    ...secretsIn(declarationsOf(around), focalFile, () => `a declaration of ${focalClass}`),
  ];
}

function declarationsOf(around: Omit<FocalContext, 'method'>): string {
  return [
    around.classDeclaration,
    ...around.fields,
    ...around.constructors,
    ...around.methods,
    ...around.relatedTypes,
  ].join('\n');
}

function secretsIn(text: string, file: string, placeOf: (line: number) => string): FoundSecret[] {
  const found = secretFormats.flatMap(([kind, format]) =>
    [...text.matchAll(new RegExp(format, 'g'))].map(({ index }) => {
      const place = placeOf(text.slice(0, index).split('\n').length);
      return { kind, place, file };
    }),
  );
  // Two of a kind in one place are one thing to look at.
  return found.filter((one, at) => found.findIndex((other) => secretText(other) === secretText(one)) === at);
}
