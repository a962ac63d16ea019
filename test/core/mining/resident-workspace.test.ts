import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { listJavaFiles } from '../../../core/mining/list-files.ts';
import type { MiningRecord } from '../../../core/mining/mining-record.ts';
import { ResidentWorkspace } from '../../../core/mining/resident-workspace.ts';
import { SeededRandom } from '../../seeded-random.ts';
import { sampleWorkspace } from '../../vscode/java-workspace.ts';
import { inShort, main, recordsOf, type Sources, withWorkspace } from './java-workspace.ts';

// The machine may be busy with other suites.
vi.setConfig({ testTimeout: 120_000 });

const testOf = (name: string, rest: string) => ({
  [`src/test/java/a/${name}.java`]: `package a; import org.junit.Test; public class ${name} ${rest}`,
});

const SOURCES: Sources = {
  ...main('Counter', 'public class Counter extends Base { public int add(int n) { return n; } }'),
  ...main('Base', 'public class Base { public int reset() { return 0; } }'),
  ...main('Idle', 'public class Idle { public int rest(int n) { return n; } }'),
  'src/test/java/a/CounterCase.java': 'package a; public abstract class CounterCase { Counter it = new Counter(); }',
  ...testOf(
    'CounterTest',
    'extends CounterCase { @Test public void testAdd() { it.add(1); } @Test public void testReset() { it.reset(); } }',
  ),
  ...testOf(
    'IdleTest',
    '{ @Test public void testRest() { new Idle().rest(2); } @Proof public void rests() { new Idle().rest(3); } }',
  ),
  'src/test/java/a/Proof.java': 'package a; public @interface Proof {}',
};

const withoutSummary = (records: Iterable<MiningRecord>) => [...records].slice(0, -1);

/** Mines, lets files be edited and updates: the records must be those of a mining from nothing, and these lines new among them. */
async function check(edits: Sources, newLines: readonly string[]): Promise<void> {
  await withWorkspace(SOURCES, async (workspace) => {
    const resident = new ResidentWorkspace(workspace);
    const options = { workspace, mode: 'default', threads: 0 } as const;
    const before = inShort(await recordsOf({ ...options, resident }));
    for (const [path, text] of Object.entries(edits)) await writeFile(join(workspace, path), text);
    expect(await resident.update(Object.keys(edits))).toBe(true);
    const fresh = await recordsOf(options);
    expect(withoutSummary(resident.records())).toEqual(withoutSummary(fresh));
    expect(inShort(fresh).filter((line) => !before.includes(line))).toEqual(newLines);
  });
}

test('An edit in a body moves the texts of its pairs, and of no others.', () =>
  check(
    main(
      'Counter',
      'public class Counter extends Base { int twice() { return 2; } public int add(int n) { return 7; } }',
    ),
    [],
  ));

test('A method that is gone is no focal method any more.', () =>
  check(main('Counter', 'public class Counter extends Base { }'), ['CounterTest.testAdd: no-focal-method']));

test('A test learns of what the superclass of its focal class declares.', () =>
  check(
    main('Base', 'public class Base { public int reset(long n) { return 0; } public int add(int n) { return n; } }'),
    [],
  ));

test('A test learns of a field that the superclass of its class declares.', () =>
  check(
    { 'src/test/java/a/CounterCase.java': 'package a; public abstract class CounterCase { Idle it = new Idle(); }' },
    ['CounterTest.testAdd: no-focal-method'],
  ));

test('An annotation that becomes one of tests makes tests of methods in other files.', () =>
  check({ 'src/test/java/a/Proof.java': 'package a; @org.junit.jupiter.api.Test public @interface Proof {}' }, [
    'IdleTest.rests -> Idle.rest(int) by unique-call, package-and-name',
  ]));

test('A class that takes the name of another is found by it.', () =>
  check(
    {
      ...main('Idle', 'class Unnamed {}'),
      ...main('Base', 'public class Base {} class Idle { public int rest(int n) { return n; } }'),
    },
    ['IdleTest.testRest: no-focal-class'],
  ));

test('A file that holds tests only now has them read, and they are told from those before.', () =>
  check(
    {
      'src/test/java/a/Proof.java': SOURCES['src/test/java/a/IdleTest.java'] ?? '',
      ...testOf('IdleTest', '{ }'),
    },
    [],
  ));

test('A broken file is named, and its tests are.', () =>
  check(testOf('IdleTest', '{ @Test public void testRest() { new Idle().rest( } }'), [
    'src/test/java/a/IdleTest.java: syntax-errors',
  ]));

test('What it cannot tell from an edit alone needs a mining of the whole workspace.', () =>
  withWorkspace(SOURCES, async (workspace) => {
    const resident = new ResidentWorkspace(workspace);
    const options = { workspace, mode: 'default', threads: 0, resident } as const;
    const counter = 'src/main/java/a/Counter.java';
    expect(await resident.update([counter])).toBe(false);
    await recordsOf(options);
    expect(await resident.update([counter])).toBe(true);
    expect(await resident.update(['src/main/java/a/New.java'])).toBe(false);
    await writeFile(join(workspace, '.bespokeignore'), 'IdleTest.java\n');
    expect(await resident.update([counter])).toBe(false);
    await recordsOf(options);
    await rm(join(workspace, counter));
    expect(await resident.update([counter])).toBe(false);
  }));

test('After any edits the records are those of a mining from nothing.', async () => {
  const random = new SeededRandom(7);
  const workspace = sampleWorkspace();
  const resident = new ResidentWorkspace(workspace);
  const options = { workspace, mode: 'default', threads: 0 } as const;
  await recordsOf({ ...options, resident });
  const { files } = await listJavaFiles(workspace, undefined);
  const distinct = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const path = files[random.integer(files.length)]?.path ?? '';
    const other = files[random.integer(files.length)]?.path ?? '';
    const lines = (await readFile(join(workspace, path), 'utf8')).split('\n');
    const at = random.integer(lines.length);
    const edits = [
      () => lines.splice(at, 1),
      () => lines.splice(at, 0, lines[random.integer(lines.length)] ?? ''),
      async () => lines.splice(0, lines.length, await readFile(join(workspace, other), 'utf8')),
      () => lines.splice(at, 1, (lines[at] ?? '').replace(/(?<=[A-Za-z])[a-z]\b/, 'x')),
    ];
    await edits[random.integer(edits.length)]?.();
    await writeFile(join(workspace, path), lines.join('\n'));
    expect(await resident.update([path])).toBe(true);
    const records = withoutSummary(resident.records());
    expect(records).toEqual(withoutSummary(await recordsOf(options)));
    distinct.add(JSON.stringify(records));
  }
  expect(distinct.size).toBeGreaterThan(20);
});
