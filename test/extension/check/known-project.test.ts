import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import { resolveWithMaven } from '../../../extension/check/junit-launcher.ts';
import { askJavaExtension } from '../../../extension/workspace/project-of-java-extension.ts';
import { checkTestsDir, writeWorkspace } from './fixture-workspace.ts';
import { stubJavaExtension } from './stub-java-extension.ts';

const level = 'org.eclipse.jdt.core.compiler.source';

/** Dependencies come from a convention plugin, which a reader of build files does not run. */
const gradleWorkspace = {
  'settings.gradle.kts': 'include("core")',
  'core/build.gradle.kts': 'plugins {\n  id("shop.java-conventions")\n}\n',
};
const sources = (root: string) => ({
  [`${root}src/main/java/a/Twice.java`]:
    'package a; public class Twice { public int of(int number) { return 2 * number; } }',
  [`${root}src/test/java/a/TwiceTest.java`]: testFile('//HERE'),
});

function testFile(test: string): string {
  return `package a;\nimport static org.assertj.core.api.Assertions.assertThat;\nimport org.junit.jupiter.api.Test;\nclass TwiceTest {\n${test}\n}`;
}

afterEach(() => vi.unstubAllEnvs());

describe('a module whose build cannot be asked', () => {
  const cases = [
    { kind: 'gradle', module: 'core', files: { ...gradleWorkspace, ...sources('core/') } },
    { kind: 'plain', module: '', files: sources('') },
  ];
  it.each(cases)(
    '$kind: is compiled with the class path and for the language level that the Java language extension knows',
    async ({ kind, module, files }) => {
      vi.stubEnv('PATH', folderWithout('gradle'));
      const workspaceDir = writeWorkspace(`known-${kind}`, files);
      const jars = await junitJars();
      const known = stubJavaExtension({
        [pathToFileURL(join(workspaceDir, module)).href]: {
          test: [join(workspaceDir, module, 'bin', 'test'), ...jars],
          settings: { [level]: '1.8' },
        },
      });
      const check = (activate: (() => Promise<object>) | undefined) => outcomes(workspaceDir, module, activate);
      // What is not known now is asked again, although no file has changed since.
      expect(await check(undefined)).toMatchObject({ good: 'not-checked', tooNew: 'not-checked' });
      const { good, tooNew, problems } = await check(async () => known);
      expect({ good, tooNew }).toEqual({ good: 'passed', tooNew: 'compile-error' });
      if (kind === 'gradle')
        expect(problems).toMatch(/Gradle could not be asked .*: the class path is the one that the Java language/);
    },
    300_000,
  );
});

describe('the Java language extension', () => {
  const check = async (activate: (() => Promise<unknown>) | undefined, why: RegExp) => {
    const notes: string[] = [];
    const ask = askJavaExtension({ workspaceDir: '/shop', activate, limitMs: 100, note: (line) => notes.push(line) });
    const started = performance.now();
    expect(await ask?.('core')).toBeNull();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(notes).toEqual([expect.stringMatching(why)]);
  };
  const project = { test: ['/jars/junit.jar', '/shop/core/bin'], settings: { [level]: '17' } };
  const never = () => new Promise<never>(() => {});

  it('is not asked where it is not installed', () => {
    const note = () => expect.fail('There is nothing to note.');
    expect(askJavaExtension({ workspaceDir: '/shop', activate: undefined, limitMs: 100, note })).toBeUndefined();
  });

  it('tells the jars of the tests and the language level', async () => {
    const api = stubJavaExtension({ 'file:///shop/core': project });
    const ask = askJavaExtension({ workspaceDir: '/shop', activate: async () => api, limitMs: 100, note: () => {} });
    expect(await ask?.('core')).toEqual({
      source: 'the Java language extension',
      libraries: ['/jars/junit.jar'],
      release: 17,
    });
  });

  it('is not waited for longer than the limit, whatever keeps it', async () => {
    const api = stubJavaExtension({ 'file:///shop/core': project });
    await check(never, /the class path of core in vain: it did not answer within 0\.1 seconds/);
    await check(async () => ({ ...api, serverReady: never }), /did not answer within/);
    await check(async () => ({ ...api, getClasspaths: never }), /did not answer within/);
  });

  it('may know nothing of a module, or be another one', async () => {
    await check(async () => stubJavaExtension({}), /core does not belong to any Java project/);
    await check(
      async () => stubJavaExtension({ 'file:///shop/core': { ...project, test: ['/bin'] } }),
      /knows no library of it/,
    );
    await check(async () => undefined, /its interface is not the one that is documented/);
    await check(() => Promise.reject(new Error('it could not be activated')), /it could not be activated/);
  });
});

it('what a test prints is kept as far as the limit allows, and only of that test', async () => {
  const workspaceDir = writeWorkspace('printing', sources(''));
  const jars = await junitJars();
  const prints = (id: string, text: string) =>
    candidate(
      id,
      '',
      `@Test void t() { System.out.print("${text}"); System.err.println("!"); assertThat(new Twice().of(1)).isEqualTo(2); }`,
    );
  const report = await checkCandidates({
    ...request(workspaceDir),
    candidates: [prints('one', 'some'), prints('two', 'more than the limit'), candidate('silent', '', good)],
    limits: { outputBytes: 10 },
    askProject: async () => ({ source: 'the test', libraries: jars, release: 17 }),
  });
  expect(report.results.map(({ output }) => output)).toEqual(['some!\n', 'more than ', undefined]);
  expect(report.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed']);
}, 300_000);

const good = '@Test void t() { assertThat(new Twice().of(2)).isEqualTo(4); }';

async function outcomes(workspaceDir: string, module: string, activate: (() => Promise<object>) | undefined) {
  const report = await checkCandidates({
    ...request(workspaceDir),
    candidates: [
      candidate('good', module, good),
      candidate('tooNew', module, '@Test void t() { var four = new Twice().of(2); assertThat(four).isEqualTo(4); }'),
    ],
    limits: { repairRounds: 0 },
    askProject: askJavaExtension({ workspaceDir, activate, limitMs: 5_000, note: () => {} }),
  });
  const [first, second] = report.results;
  return { good: first?.outcome, tooNew: second?.outcome, problems: report.problems.join('\n') };
}

function request(workspaceDir: string) {
  const harnessDir = join(import.meta.dirname, '../../../extension/check/harness');
  return { workspaceDir, trusted: true, existingTests: [], cacheDir: checkTestsDir, harnessDir };
}

function candidate(id: string, module: string, source: string) {
  const libraries = { framework: 'junit5', assertions: 'assertj', mocks: null } as const;
  const file = join(module, 'src/test/java/a/TwiceTest.java');
  const place = { isNewFile: false, libraries, test: { offset: 0, text: '' }, imports: [] };
  const placement = { ...place, file, module, binaryClassName: 'a.TwiceTest', text: testFile(source), method: 't' };
  return { id, source, focal: { className: 'Twice', method: 'of' }, placement };
}

function junitJars(): Promise<readonly string[]> {
  return resolveWithMaven(['org.junit.jupiter:junit-jupiter:5.10.3', 'org.assertj:assertj-core:3.25.3'], {
    cacheDir: checkTestsDir,
    env: process.env,
    limitMs: 120_000,
  });
}

/** A folder that links to every program on the PATH but one. */
function folderWithout(program: string): string {
  const folder = writeWorkspace('programs', {});
  for (const from of (process.env.PATH ?? '').split(':').filter((path) => existsSync(path))) {
    for (const name of readdirSync(from)) {
      if (name !== program && !existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name));
    }
  }
  return folder;
}
