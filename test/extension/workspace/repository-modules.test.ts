import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MinedRepository, mineRepository } from '../../../extension/workspace/mine-repository.ts';
import {
  allModulesOf,
  leastModulePairs,
  moduleOfFile,
  modulesOf,
  onlyModule,
} from '../../../extension/workspace/repository-modules.ts';
import { isSimpleName } from '../../../server/request-checks.ts';
import { endServers, temporaryFolder } from '../../server/support/server-under-test.ts';
import { sampleWorkspace, smallWorkspace } from '../../vscode/java-workspace.ts';

// The sample workspace has four modules with tests, of which not all have enough for a model of their own.

let repository: MinedRepository;
beforeAll(async () => {
  repository = await mineRepository(sampleWorkspace(), temporaryFolder('modules'), { threads: 0 });
});
afterAll(endServers);

const named = (path: string) => {
  const module = allModulesOf(repository).find((one) => one.path === path);
  if (module === undefined) throw new Error(`There is no module ${path}.`);
  return module;
};

test('every module is found, the one with most tests first, and every pair is in one', () => {
  const modules = allModulesOf(repository);
  expect(modules.map(({ path }) => path).toSorted()).toEqual(['domain', 'gateway', 'legacy', 'text']);
  expect(modules[0]?.path).toBe('domain');
  expect(modules.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(repository.clean.length);
});
test('only modules with enough tests can have a model of their own', () => {
  const large = modulesOf(repository);
  expect(large.length).toBeGreaterThan(0);
  expect(large).toEqual(allModulesOf(repository).filter(({ pairs }) => pairs >= leastModulePairs));
});
test('a module is to the server a repository with a valid name of its own', () => {
  const ids = [repository.identity.id, ...allModulesOf(repository).map(({ id }) => id)];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(isSimpleName(id)).toBe(true);
});

/** Expects a file to belong to a module; `undefined`: to none. */
const check = (file: string, path: string | undefined) => expect(moduleOfFile(repository, file)?.path).toBe(path);
test('a source file', () => check('text/src/main/java/example/wayside/text/CsvLine.java', 'text'));
test('a test file', () => check('text/src/test/java/example/wayside/text/CsvLineTest.java', 'text'));
test('a file of a folder whose name begins alike', () => check('text-more/src/main/java/A.java', undefined));
test('a file outside of every module', () => check('A.java', undefined));

test('a module alone has its pairs only, and another name', async () => {
  const module = named('gateway');
  const only = onlyModule(repository, module);
  expect(only.clean).toHaveLength(module.pairs);
  expect(only.clean.every(({ focalFile }) => focalFile.startsWith('gateway/'))).toBe(true);
  expect(only.identity).toMatchObject({ id: module.id, name: `${repository.identity.name}, module gateway` });
  expect(only.bytes).toBeLessThan(repository.bytes);
  const [pair] = only.clean;
  if (pair === undefined) throw new Error('The module has no pair.');
  const found = await only.nearest.nearest(
    { focalClass: pair.focalClass, focalMethodSource: pair.focalContext.method },
    4,
    new Set(),
  );
  expect(found.every(({ focalFile }) => focalFile.startsWith('gateway/'))).toBe(true);
});

test('a repository of one module is no choice', async () => {
  const single = await mineRepository(smallWorkspace(), temporaryFolder('module'), { threads: 0 });
  expect(modulesOf(single)).toEqual([]);
  expect(moduleOfFile(single, 'domain/src/main/java/A.java')).toBeUndefined();
});
