import { execFileSync } from 'node:child_process';
import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { MiningRecord } from '../../../core/mining/mining-record.ts';
import { inShort, recordsOf, type Sources, summaryOf, withWorkspace } from './java-workspace.ts';

// The machine may be busy with other suites.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SOURCES: Sources = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [
    [
      `src/main/java/a/Foo${index}.java`,
      `package a; public class Foo${index} { public void add(int n) {} public void put(int n) {} }`,
    ],
    [
      `src/test/java/a/Foo${index}Test.java`,
      `package a; import org.junit.Test; public class Foo${index}Test { @Test public void testAdd() { new Foo${index}().add(${index}); } }`,
    ],
  ]).flat(),
);
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

/** Bundled into a folder of its own, so that tests run the sources as they are, whatever lies in dist/. */
const bundles = join(tmpdir(), `bespoke-worker-${process.pid}`);
beforeAll(() => {
  const build = fileURLToPath(new URL('../../../scripts/build.mjs', import.meta.url));
  execFileSync(process.execPath, [build, '--outdir', bundles, '--only', 'mining-worker,cli']);
});
afterAll(() => rm(bundles, { recursive: true, force: true }));

async function age(workspace: string): Promise<void> {
  for (const path of Object.keys(SOURCES)) {
    await utimes(join(workspace, path), LONG_AGO, LONG_AGO);
  }
}

/** Records without the summary, whose seconds and parsed files differ from run to run. */
function withoutSummary(records: readonly MiningRecord[]): readonly MiningRecord[] {
  return records.slice(0, -1);
}

/** Mines, lets `change` happen, and mines again with the cache: the records must be those of a run without one. */
async function check(
  change: (folder: string, cacheFile: string) => Promise<void>,
  expectedParsedFiles: number,
): Promise<void> {
  await withWorkspace(SOURCES, async (workspace) => {
    const cacheFile = join(workspace, '.cache/mining');
    const options = { workspace, mode: 'default', threads: 0 } as const;
    await age(workspace);
    const first = await recordsOf({ ...options, cacheFile });
    expect(summaryOf(first).parsedFiles).toBe(80);
    await change(workspace, cacheFile);
    const second = await recordsOf({ ...options, cacheFile });
    expect(summaryOf(second).parsedFiles).toBe(expectedParsedFiles);
    expect(withoutSummary(second)).toEqual(withoutSummary(await recordsOf(options)));
  });
}

test('nothing changed: nothing is parsed', () => check(async () => undefined, 0));
test('one edit: one file is parsed', () =>
  check(
    (folder) =>
      writeFile(
        join(folder, 'src/main/java/a/Foo7.java'),
        'package a; public class Foo7 { int x; public void add(long n) {} }',
      ),
    1,
  ));
test('a touched file is hashed, not parsed', () =>
  check((folder) => utimes(join(folder, 'src/main/java/a/Foo7.java'), new Date(), new Date()), 0));
test('an edit that keeps size and second is seen', () =>
  check(
    (folder) =>
      writeFile(
        join(folder, 'src/main/java/a/Foo7.java'),
        String(SOURCES['src/main/java/a/Foo7.java']).replace('add', 'sub'),
      ),
    1,
  ));
test('a deleted file', () => check((folder) => rm(join(folder, 'src/main/java/a/Foo7.java')), 0));
test('a new file', () =>
  check((folder) => writeFile(join(folder, 'src/main/java/a/New.java'), 'package a; class New {}'), 1));
test('a damaged cache is built anew', () =>
  check(async (_, cacheFile) => {
    const bytes = await readFile(cacheFile);
    bytes[bytes.length >> 1] = 0x21;
    await writeFile(cacheFile, bytes);
  }, 80));
test('a cache cut short is built anew', () =>
  check(async (_, cacheFile) => writeFile(cacheFile, (await readFile(cacheFile)).subarray(0, 5_000)), 80));
test('damaged records are made anew', () =>
  check(
    async (_, cacheFile) =>
      writeFile(`${cacheFile}.records`, (await readFile(`${cacheFile}.records`)).subarray(0, -100)),
    0,
  ));

test('a damaged cache is said', async () => {
  await withWorkspace(SOURCES, async (workspace) => {
    const cacheFile = join(workspace, '.cache/mining');
    await recordsOf({ workspace, mode: 'default', threads: 0, cacheFile });
    await writeFile(cacheFile, 'nonsense');
    const { notices } = summaryOf(await recordsOf({ workspace, mode: 'default', threads: 0, cacheFile }));
    expect(notices).toEqual([`The mining cache ${cacheFile} is damaged or of another version; it was built anew.`]);
  });
});

test.each(['default', 'methods2test'] as const)('threads make no difference in mode %s', async (mode) => {
  const repetition = String(SOURCES['src/test/java/a/Foo7Test.java']).replace('class Foo7Test', 'class Foo7AgainTest');
  await withWorkspace({ ...SOURCES, 'src/test/java/a/Foo7AgainTest.java': repetition }, async (workspace) => {
    const workerFile = join(bundles, 'mining-worker.js');
    const here = await recordsOf({ workspace, mode, threads: 0 });
    const threads = await recordsOf({ workspace, mode, threads: 2, workerFile });
    expect(withoutSummary(threads)).toEqual(withoutSummary(here));
    expect(summaryOf(threads).pairs).toBe(40);
    expect(inShort(here)[0]).toMatch(/^Foo0Test.testAdd -> Foo0.add\(int\) by /);
  });
});

test('a run that is cancelled while threads pair says so', async () => {
  await withWorkspace(SOURCES, async (workspace) => {
    const cancellation = new AbortController();
    const onProgress = ({ phase }: { phase: string }): void => {
      if (phase === 'pairing') {
        cancellation.abort();
      }
    };
    const workerFile = join(bundles, 'mining-worker.js');
    const { signal } = cancellation;
    const records = await recordsOf({ workspace, mode: 'default', threads: 2, workerFile, onProgress, signal });
    expect(summaryOf(records).cancelled).toBe(true);
    expect(records.length).toBeLessThan(40);
  });
});

test('a thread that dies while it pairs ends the run with what it died of', async () => {
  await withWorkspace(SOURCES, async (workspace) => {
    const workerFile = join(workspace, 'dying-worker.cjs');
    const bundle = JSON.stringify(join(bundles, 'mining-worker.js'));
    const dying =
      "require('node:worker_threads').parentPort.on('message', ({ task }) => { if (task === 'pair') throw new Error('out of luck'); });";
    await writeFile(workerFile, `${dying} require(${bundle});`);
    await expect(recordsOf({ workspace, mode: 'default', threads: 2, workerFile })).rejects.toThrow('out of luck');
  });
});

test('a cancelled run ends with a summary that says so', async () => {
  await withWorkspace(SOURCES, async (workspace) => {
    const cancellation = new AbortController();
    const onProgress = ({ phase, done }: { phase: string; done: number }): void => {
      if (phase === 'indexing' && done > 0) {
        cancellation.abort();
      }
    };
    const cacheFile = join(workspace, '.cache/mining');
    const records = await recordsOf({
      workspace,
      mode: 'default',
      threads: 0,
      cacheFile,
      onProgress,
      signal: cancellation.signal,
    });
    expect(records).toHaveLength(1);
    expect(summaryOf(records).cancelled).toBe(true);
    expect(summaryOf(await recordsOf({ workspace, mode: 'default', threads: 0, cacheFile })).pairs).toBe(40);
  });
});

test('the command line writes the same bytes twice, and reasons apart', async () => {
  await withWorkspace(
    {
      ...SOURCES,
      'src/test/java/a/OtherTest.java':
        'package a; class OtherTest { @org.junit.Test public void nothing() { run(); } }',
    },
    async (workspace) => {
      const run = (out: string): Record<string, unknown> => {
        const cli = [
          join(bundles, 'cli.js'),
          'mine',
          workspace,
          '--out',
          join(workspace, out),
          '--reasons',
          join(workspace, 'reasons'),
          '--summary',
        ];
        return JSON.parse(
          execFileSync(process.execPath, [...cli, '--cache', join(workspace, '.cache/cli')], { encoding: 'utf8' }),
        ) as Record<string, unknown>;
      };
      expect(run('one.jsonl')).toMatchObject({ pairs: 40, testMethods: 41, parsedFiles: 81, mode: 'default' });
      expect(run('two.jsonl')).toMatchObject({ pairs: 40, testMethods: 41 });
      const one = await readFile(join(workspace, 'one.jsonl'), 'utf8');
      expect(await readFile(join(workspace, 'two.jsonl'), 'utf8')).toBe(one);
      expect(JSON.parse(one.slice(0, one.indexOf('\n')))).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        testFile: 'src/test/java/a/Foo0Test.java',
        testClass: 'Foo0Test',
        testMethod: 'testAdd',
        focalFile: 'src/main/java/a/Foo0.java',
        focalClass: 'Foo0',
        focalMethod: 'add',
        confidence: 0.98,
        evidence: ['method-name', 'package-and-name'],
        focalContext: { method: 'public void add(int n) {}', methods: ['public void put(int n)'] },
        testSource: '@Test public void testAdd() { new Foo0().add(0); }',
      });
      expect(JSON.parse(await readFile(join(workspace, 'reasons'), 'utf8'))).toEqual({
        testFile: 'src/test/java/a/OtherTest.java',
        testClass: 'OtherTest',
        testMethod: 'nothing',
        reason: 'no-focal-class',
      });
    },
  );
});

test.each([
  [['mine'], 2, /^bespoke mine: Name exactly one folder to mine\./],
  [
    ['mine', '/no/such/folder', '--summary'],
    1,
    /^bespoke mine: There is no folder \/no\/such\/folder: name the folder of a Java project\.\n$/,
  ],
  [
    ['mine', '.', '--mode', 'magic', '--summary'],
    2,
    /^bespoke mine: There is no mode 'magic': use methods2test or default\./,
  ],
  [['dance'], 2, /^bespoke: there is no command 'dance'\./],
])('the command line says what is wrong: %j', (argv, status, message) => {
  let failure: { status?: number; stderr?: string } = {};
  try {
    execFileSync(process.execPath, [join(bundles, 'cli.js'), ...argv], { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    failure = error as typeof failure;
  }
  expect(failure.status).toBe(status);
  expect(failure.stderr).toMatch(message);
});
