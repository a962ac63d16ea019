import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { identifyRepository } from '../../../extension/workspace/repository-identity.ts';

function folderOf(files: Record<string, string>): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'bespoke-identity-')), 'My Shop');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const config = (url: string) => `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*\n`;

test('clones of one remote are one repository, however they authenticate', () => {
  const plain = identifyRepository(
    folderOf({ '.git/config': config('https://git.example/shop.git'), '.git/HEAD': 'ref: refs/heads/main\n' }),
  );
  const withToken = identifyRepository(folderOf({ '.git/config': config('https://user:token@git.example/shop') }));
  expect(withToken.id).toBe(plain.id);
  expect(plain.id).toMatch(/^my-shop-[0-9a-f]{12}$/);
});

test('two remotes are two repositories', () => {
  const one = identifyRepository(folderOf({ '.git/config': config('https://git.example/one.git') }));
  const two = identifyRepository(folderOf({ '.git/config': config('https://git.example/two.git') }));
  expect(one.id).not.toBe(two.id);
});

test('a folder without Git is known by its path', () => {
  const folder = folderOf({ 'pom.xml': '' });
  expect(identifyRepository(folder)).toEqual(identifyRepository(folder));
  expect(identifyRepository(folder).id).not.toBe(identifyRepository(folderOf({ 'pom.xml': '' })).id);
});

test('a name that is all other letters leaves the hash', () => {
  const folder = join(folderOf({}), '単体');
  mkdirSync(folder);
  expect(identifyRepository(folder).id).toMatch(/^[0-9a-f]{12}$/);
});

test.each([
  ['loose ref', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': 'a1b2\n' }, 'a1b2'],
  [
    'packed ref',
    { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': '# pack\nc3d4 refs/heads/main\n' },
    'c3d4',
  ],
  ['detached', { '.git/HEAD': 'e5f6\n' }, 'e5f6'],
  ['no commit yet', { '.git/HEAD': 'ref: refs/heads/main\n' }, null],
  ['no Git', {}, null],
])('the commit: %s', (_, files, expected) => {
  expect(identifyRepository(folderOf(files)).commit).toBe(expected);
});
