import { expect, test } from 'vitest';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import { withoutSecrets } from '../../../extension/workspace/secrets.ts';

function check(testSource: string, isSecret: boolean): void {
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
    focalContext: { method: 'void f() {}', classDeclaration: 'class F', constructors: [], methods: [], fields: [] },
    testSource,
  };
  const { clean, withSecret } = withoutSecrets([pair]);
  expect([clean.length, withSecret.length], testSource).toEqual(isSecret ? [0, 1] : [1, 0]);
}

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
