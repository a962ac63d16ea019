import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { secretText } from '../../../core/secrets/secrets-in-pair.ts';
import { consentText } from '../../../extension/workspace/consent-text.ts';
import type { MinedRepository } from '../../../extension/workspace/mine-repository.ts';
import { withoutSecrets } from '../../../extension/workspace/secrets.ts';
import { makePair } from '../../core/splits/make-pair.ts';

async function check(testSource: string, isSecret: boolean): Promise<void> {
  const pair: TestPair = {
    id: '0',
    testFile: 'T.java',
    testClass: 'T',
    testMethod: 't',
    focalFile: 'F.java',
    focalClass: 'F',
    focalMethod: 'f',
    confidence: 1,
    evidence: [],
    focalContext: {
      method: 'void f() {}',
      classDeclaration: 'class F',
      constructors: [],
      methods: [],
      fields: [],
      relatedTypes: [],
    },
    testSource,
  };
  const { clean, withSecret } = await withoutSecrets([pair]);
  expect([clean.length, withSecret.length], testSource).toEqual(isSecret ? [0, 1] : [1, 0]);
}

test('names each by kind and place, and never the secret itself', async () => {
  const key = `${'AKIA'}${'IOSFODNN7EXAMPLE'}`;
  const token = `${'npm'}_${'a'.repeat(36)}`;
  const pair = makePair('Vault', 'open', `void open() {\n  use("${key}", "${key}");\n  use("${token}");\n}`);
  const context = {
    ...pair.focalContext,
    method: `void open() { return "${token}"; }`,
    fields: [`String KEY = "${key}"`],
  };
  const { withSecret } = await withoutSecrets([{ ...pair, focalContext: context }]);
  const { testFile, focalFile, testClass, testMethod, focalMethod } = pair;
  const texts = withSecret[0]?.secrets.map(secretText);
  expect(texts).toEqual([
    `AWS access key: line 2 of the test ${testClass}#${testMethod}, in ${testFile}`,
    `npm token: line 3 of the test ${testClass}#${testMethod}, in ${testFile}`,
    `npm token: line 1 of the method Vault.${focalMethod}, in ${focalFile}`,
    `AWS access key: a declaration of Vault, in ${focalFile}`,
  ]);
  const place = { kind: 'local', name: 'local' } as const;
  const repository = { clean: [], withSecret, testMethods: 1, bytes: 0 } as unknown as MinedRepository;
  const sheet = consentText(repository, place, { strategy: 'auto', heldOutPairs: 2 });
  expect(sheet).toContain('Training: auto, which tries every strategy shortly and goes on with one; up to 2 pairs');
  expect(consentText(repository, place, { strategy: 'prefix', heldOutPairs: 2 })).toContain(
    'Training: prefix; up to 2',
  );
  expect(sheet).toContain(`Kept back, because they seem to hold a secret: 1 pair\n– ${texts?.[0]}`);
  for (const secret of [key, token]) expect(`${sheet}${JSON.stringify(texts)}`).not.toContain(secret);
});

// Built from parts, so that no scanner takes this file for a leak.
test.each([
  `key = "${'AKIA'}${'IOSFODNN7EXAMPLE'}"`,
  `token = "${'ghp'}_${'a'.repeat(36)}"`,
  `"-----BEGIN RSA ${'PRIVATE'} KEY-----"`,
  `"-----BEGIN ${'PRIVATE'} KEY-----"`,
  `jwt = "eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}"`,
])('a secret: %s', (text) => check(text, true));

test.each([
  'login("user", "password")',
  'assertThat(sha).isEqualTo("d41d8cd98f00b204e9800998ecf8427e")',
  'String akia = "AKIA"',
  '"-----BEGIN CERTIFICATE-----"',
])('no secret: %s', (text) => check(text, false));
