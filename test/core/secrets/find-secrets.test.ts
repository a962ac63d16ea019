import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import type { FocalContext } from '../../../core/mining/test-pair.ts';
import { findSecrets, maskSecrets } from '../../../core/secrets/find-secrets.ts';
import { secretRules } from '../../../core/secrets/secret-rules.ts';
import { maskContext } from '../../../core/secrets/secrets-in-pair.ts';
import { plantedKinds, plantSecrets } from './planted-secrets.ts';

const sample = join(import.meta.dirname, '../../sample');

test('at least 30 kinds have a rule', () => {
  expect(new Set(secretRules.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(30);
});

test('every kind is in the documentation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/privacy.md'), 'utf8').replaceAll('\n', ' ');
  expect(secretRules.map(({ kind }) => kind).filter((kind) => !page.includes(kind))).toEqual([]);
});

test('of 500 planted secrets of 30 kinds at least 99 % are masked, and the Java around them stays Java', async () => {
  expect(plantedKinds).toBeGreaterThanOrEqual(30);
  const parser = await JavaParser.create();
  const missed: string[] = [];
  const planted = plantSecrets(500, 8);
  for (const { kind, secret, pair } of planted) {
    const masked = { testSource: maskSecrets(pair.testSource), focalContext: maskContext(pair.focalContext) };
    const original = JSON.stringify([pair.testSource, pair.focalContext]);
    expect(original, kind).toContain(JSON.stringify(secret).slice(1, -1));
    if (textOf(masked).includes(secret)) missed.push(`${kind}: ${secret}`);
    for (const method of [masked.testSource, masked.focalContext.method]) {
      const tree = parser.parse(`class T { ${method} }`);
      expect(tree?.root.hasError, method).toBe(false);
      tree?.delete();
    }
  }
  parser.delete();
  expect(missed.length / planted.length, missed.join('\n')).toBeLessThanOrEqual(0.01);
});

function textOf({ testSource, focalContext }: { testSource: string; focalContext: FocalContext }): string {
  return [testSource, focalContext.method, focalContext.classDeclaration, ...focalContext.fields].join('\n');
}

test('of clean methods less than 2 % are altered', async () => {
  const parser = await JavaParser.create();
  let [methods, altered] = [0, 0];
  for (const entry of readdirSync(sample, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.java')) continue;
    const source = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    for (const type of withJavaTree(parser, source, readCompilationUnit).types)
      for (const { start, end } of type.methods) {
        methods += 1;
        if (findSecrets(source.slice(start, end)).length > 0) altered += 1;
      }
  }
  parser.delete();
  expect(methods).toBeGreaterThan(400);
  expect(altered / methods).toBeLessThan(0.02);
});

describe('what tests hold beside secrets stays', () => {
  test.each([
    'login("user", "password")',
    'client.connect("https://user:password@example.com/")',
    'assertThat(sha).isEqualTo("d41d8cd98f00b204e9800998ecf8427e")',
    'UUID.fromString("123e4567-e89b-12d3-a456-426614174000")',
    'setPasswordEncoder("PBKDF2WithHmacSHA512")',
    'properties.put("fs.azure.account.oauth2.token", "fs.azure.account.oauth2.refresh.token")',
    'DriverManager.getConnection("jdbc:h2:mem:test;USER=sa;PASSWORD=", "sa", "")',
    'String token = request.getHeader(AUTHORIZATION_HEADER_2);',
    'assertEquals("Basic dXNlcjpwYXNzd29yZA==", header)',
    'tokens.add(new Token(TokenType.IDENTIFIER_1, "identifier1"))',
    'Path.of("src/test/resources/com/shop/orders-2024.json")',
    'credentials.load("/etc/ssl/certs/internal-ca-bundle-2.pem")',
  ])('%s', (text) => expect(findSecrets(text)).toEqual([]));
});

test('a masked literal is a literal, and the kind is known', () => {
  const text = `String key = "${'AKIA'}${'IOSFODNN7EXAMPLE'}";`;
  expect(maskSecrets(text)).toBe('String key = "***";');
  expect(findSecrets(text).map(({ kind }) => kind)).toEqual(['AWS access key']);
});

/** A text of a hostile workspace, or client, must not keep the editor or the server busy. */
test('no text takes long', () => {
  const hostile = [
    'token',
    'password ',
    'eyJ-',
    'jdbc:',
    'jdbc:a:a/',
    '+',
    '-----BEGIN PRIVATE KEY-----',
    'a://b:',
    'sk-proj-',
    'key-',
    'aws ',
    '?sig=',
    'a.',
    'secret"',
    '"jdbc:",',
    'Aa',
    'Basic a',
    'token = ',
  ];
  for (const part of hostile) {
    const text = `token = "${part.repeat(300_000 / part.length)}"`;
    const started = process.cpuUsage();
    findSecrets(text);
    expect(process.cpuUsage(started).user / 1000, part).toBeLessThan(2_000);
  }
});
