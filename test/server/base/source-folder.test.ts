import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropProcessorOutput, moveResources } from '../../../server/base/source-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'source-folder-'));
  await mkdir(join(folder, 'java', 'a'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const put = (path: string, text: string) => writeFile(join(folder, 'java', path), text);
const files = async (of: string) => (await readdir(join(folder, of), { recursive: true })).sort();

test('moves what is no source to the resources', async () => {
  await put('a/A.java', 'class A {}');
  await put('a/names.txt', 'one');
  await moveResources(join(folder, 'java'), join(folder, 'resources'));
  expect(await files('java')).toEqual(['a', 'a/A.java']);
  expect(await files('resources')).toEqual(['a', 'a/names.txt']);
});

test('drops what annotation processors sign, and keeps what parser generators wrote', async () => {
  await put('a/ImmutableA.java', 'package a;\n@SuppressWarnings("all")\n@Generated("A")\npublic class ImmutableA {}');
  await put('a/BuilderOfA.java', 'package a;\n@javax.annotation.Generated({"A"})\nclass BuilderOfA {}');
  await put('a/Lexer.java', '// Generated from Lexer.g4\npackage a;\npublic class Lexer {}');
  await dropProcessorOutput(join(folder, 'java'));
  expect(await files('java')).toEqual(['a', 'a/Lexer.java']);
});
