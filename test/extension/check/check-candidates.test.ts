import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CheckOutcome, CheckReport, CheckResult } from '../../../extension/check/check-result.ts';
import type { CandidateToCheck } from '../../../extension/check/judge-candidate.ts';
import { forgetBuilds } from '../../../extension/check/module-builds.ts';
import { findSandbox } from '../../../extension/check/sandbox.ts';
import { checkTestsDir, mavenWorkspace, writeWorkspace } from './fixture-workspace.ts';

const harnessDir = join(import.meta.dirname, '../../../extension/check/harness');
const cacheDir = checkTestsDir;
const escaped = join(import.meta.dirname, 'escaped-from-the-sandbox');

interface Case {
  readonly module: 'core' | 'legacy' | 'broken' | 'half';
  readonly source: string;
  readonly outcome: CheckOutcome;
  readonly useful?: boolean;
  /** Part of one of the reasons. */
  readonly because?: string;
}

const stack = 'Stack stack = new Stack(); stack.push(1);';
const cases: Readonly<Record<string, Case>> = {
  'a good test': {
    module: 'core',
    source: `@Test void good() { ${stack} assertThat(stack.pop()).isEqualTo(1); }`,
    outcome: 'passed',
    useful: true,
  },
  'package-private access': {
    module: 'core',
    source: `@Test void inside() { ${stack} stack.pop(); assertThat(stack.depth()).isZero(); }`,
    outcome: 'passed',
    useful: true,
  },
  'a wrong expectation': {
    module: 'core',
    source: `@Test void wrong() { ${stack} assertThat(stack.pop()).isEqualTo(2); }`,
    outcome: 'assertion-failure',
    because: 'It expected 2 and got 1 (line 1): either the expectation is wrong or the code has a bug.',
  },
  'an exception': {
    module: 'core',
    source: '@Test void empty() { assertThat(new Stack().pop()).isEqualTo(1); }',
    outcome: 'exception',
    because: 'NoSuchElementException was thrown inside Stack.pop (Stack.java:5): the test may use it in a way',
  },
  'an unknown method': {
    module: 'core',
    source: '@Test void unknown() { assertThat(new Stack().pop().peek()).isEqualTo(1); }',
    outcome: 'compile-error',
    because: 'It does not compile: line 1: int cannot be dereferenced',
  },
  'an endless loop': {
    module: 'core',
    source: '@Test void endless() { new Stack().waitForever(); assertThat(new Stack().pop()).isZero(); }',
    outcome: 'timeout',
    because: 'It did not end in time, inside Stack.waitForever (Stack.java:7)',
  },
  'an exit': {
    module: 'core',
    source: '@Test void exits() { System.exit(0); assertThat(new Stack().pop()).isZero(); }',
    outcome: 'crash',
  },
  'a stack overflow': {
    module: 'core',
    source: '@Test void overflow() { overflow(); assertThat(new Stack().pop()).isZero(); }',
    outcome: 'exception',
    because: 'StackOverflowError',
  },
  'too much memory': {
    module: 'core',
    source:
      '@Test void memory() { long[][] all = new long[1000][]; for (int i = 0; i < 1000; i++) all[i] = new long[10000000]; assertThat(new Stack().pop()).isZero(); }',
    outcome: 'exception',
    because: 'OutOfMemoryError',
  },
  'printed text': {
    module: 'core',
    source: `@Test void prints() { System.out.println("x\\tpassed"); ${stack} assertThat(stack.pop()).isEqualTo(2); }`,
    outcome: 'assertion-failure',
  },
  'broken Java': { module: 'core', source: '@Test void broken() { assertThat(', outcome: 'does-not-parse' },
  'two methods': {
    module: 'core',
    source: '@Test void one() { } @Test void two() { }',
    outcome: 'does-not-parse',
    because: 'exactly one method',
  },
  'no annotation on what may be a helper': {
    module: 'core',
    source: `void helper() { ${stack} stack.pop(); }`,
    outcome: 'no-test',
  },
  'a disabled test': {
    module: 'core',
    source: `@org.junit.jupiter.api.Disabled @Test void off() { ${stack} assertThat(stack.pop()).isEqualTo(1); }`,
    outcome: 'skipped',
  },
  'a copy under another name': {
    module: 'core',
    source:
      '@Test public void anew() {\n\n Stack stack = new Stack(); stack.push(7); // same\n assertThat(stack.pop()).isEqualTo(7); }',
    outcome: 'passed',
    useful: false,
    because: 'It repeats StackTest#popReturnsWhatWasPushed',
  },
  'nothing that can fail': {
    module: 'core',
    source: `@Test void idle() { ${stack} stack.pop(); assertThat(stack).isEqualTo(stack); }`,
    outcome: 'passed',
    useful: false,
    because: 'no assertion that can fail',
  },
  'another method': {
    module: 'core',
    source: `@Test void other() { ${stack} assertThat(stack.depth()).isEqualTo(1); }`,
    outcome: 'passed',
    useful: false,
    because: 'does not call Stack.pop',
  },
  'a resource and a file in the output folder': {
    module: 'core',
    source: `@Test void files() throws Exception { ${stack}
      assertThat(java.nio.file.Files.readString(java.nio.file.Path.of("src/test/resources/greeting.txt"))).isEqualTo("hello");
      java.nio.file.Files.writeString(java.nio.file.Path.of("target/made"), "x");
      assertThat(getClass().getResource("/greeting.txt")).isNotNull();
      assertThat(stack.pop()).isEqualTo(1); }`,
    outcome: 'passed',
    useful: true,
  },
  'a parameterized test': {
    module: 'core',
    source: `@org.junit.jupiter.params.ParameterizedTest @org.junit.jupiter.params.provider.ValueSource(ints = {1, 2})
      void each(int item) { Stack stack = new Stack(); stack.push(item); assertThat(stack.pop()).isEqualTo(item); }`,
    outcome: 'passed',
    useful: true,
  },
  'a JUnit 4 test': {
    module: 'legacy',
    source: '@Test public void eight() { assertEquals(4, Half.of(8)); }',
    outcome: 'passed',
    useful: true,
  },
  'no annotation on what may be a helper, in a module of JUnit 4': {
    module: 'legacy',
    source: 'public void helper() { Half.of(8); }',
    outcome: 'no-test',
  },
  'an expected exception of JUnit 4': {
    module: 'legacy',
    source: '@Test(expected = IllegalArgumentException.class) public void odd() { Half.of(3); }',
    outcome: 'passed',
    useful: true,
  },
  'a failing JUnit 4 test': {
    module: 'legacy',
    source: '@Test public void bad() { assertEquals(5, Half.of(8)); }',
    outcome: 'assertion-failure',
    because: 'It expected 5 and got 4 (line 1): ',
  },
  'Java that the module is too old for': {
    module: 'legacy',
    source: '@Test public void modern() { var half = Half.of(8); assertEquals(4, half); }',
    outcome: 'compile-error',
  },
  'a module with another test that does not compile, its helper, its resource, and a sibling module': {
    module: 'half',
    source:
      '@Test void six() { checkSix(new Twice().of(Numbers.THREE)); java.util.Objects.requireNonNull(getClass().getResource("/three.txt")); }',
    outcome: 'passed',
    useful: true,
  },
  'a module that does not build': {
    module: 'broken',
    source: '@org.junit.Test public void any() { org.junit.Assert.assertEquals(1, new Broken().number()); }',
    outcome: 'not-checked',
    because: 'does not build with Maven',
  },
};

const places = {
  core: {
    file: 'core/src/test/java/a/StackTest.java',
    className: 'a.StackTest',
    focal: { className: 'Stack', method: 'pop' },
  },
  legacy: {
    file: 'legacy/src/test/java/b/HalfTest.java',
    className: 'b.HalfTest',
    focal: { className: 'Half', method: 'of' },
  },
  half: {
    file: 'half/src/test/java/h/TwiceTest.java',
    className: 'h.TwiceTest',
    focal: { className: 'Twice', method: 'of' },
  },
  broken: {
    file: 'broken/src/test/java/c/BrokenTest.java',
    className: 'c.BrokenTest',
    focal: { className: 'Broken', method: 'number' },
  },
};

function candidate(id: string, { module, source }: Pick<Case, 'module' | 'source'>): CandidateToCheck {
  const { file, className, focal } = places[module];
  const before = mavenWorkspace[file] ?? '';
  const test = { offset: before.indexOf('//HERE'), text: source };
  const text = before.replace('//HERE', `${source}//HERE`);
  const method = /(\w+)\(/.exec(source.replace(/@[\w.]+(\([^)]*\))?/g, ''))?.[1] ?? '';
  const libraries = { framework: 'junit5', assertions: 'assertj', mocks: null } as const;
  const place = { isNewFile: false, libraries, test, imports: [] };
  return { id, source, focal, placement: { ...place, module, file, text, binaryClassName: className, method } };
}

const existingTests = [
  {
    name: 'StackTest#popReturnsWhatWasPushed',
    source:
      '@Test void popReturnsWhatWasPushed() { Stack stack = new Stack(); stack.push(7); assertThat(stack.pop()).isEqualTo(7); }',
  },
];

describe('checking candidates', () => {
  const workspaceDir = writeWorkspace('maven', mavenWorkspace);
  let report: CheckReport;
  const seen: CheckResult[] = [];

  beforeAll(async () => {
    report = await checkCandidates({
      workspaceDir,
      trusted: true,
      candidates: Object.entries(cases).map(([id, one]) => candidate(id, one)),
      existingTests,
      cacheDir,
      harnessDir,
      limits: { testMs: 2000, heapMegabytes: 256 },
      onResult: (result) => seen.push(result),
    });
  }, 600_000);

  afterAll(() => {
    rmSync(workspaceDir, { recursive: true });
    rmSync(escaped, { force: true });
  });

  it.each(Object.entries(cases))('%s', (id, { outcome, useful = false, because }) => {
    const result = report.results.find((one) => one.id === id);
    expect(result?.outcome, JSON.stringify(result)).toBe(outcome);
    expect(result?.useful ?? false, JSON.stringify(result?.reasons)).toBe(useful);
    if (because !== undefined) expect(result?.reasons.map((reason) => reason.message).join('\n')).toContain(because);
  });

  it('gives every candidate one result, in order', () => {
    expect(report.results.map((result) => result.id)).toEqual(Object.keys(cases));
    expect(seen.map((result) => result.id).sort()).toEqual(Object.keys(cases).sort());
  });

  it('says where another attempt has to differ', () => {
    const faults = report.results.flatMap(({ id, outcome, fault }) =>
      fault === undefined ? [] : [{ id, outcome, part: fault.text.slice(fault.start, fault.end) }],
    );
    const failing = faults.filter(({ outcome }) => outcome === 'assertion-failure' || outcome === 'exception');
    // Not those that point at the code.
    expect(failing.map(({ id }) => id)).toEqual([
      'a wrong expectation',
      'an exception',
      'a stack overflow',
      'too much memory',
      'printed text',
      'a failing JUnit 4 test',
    ]);
    const others = faults.filter((one) => !failing.includes(one));
    expect(Object.fromEntries(others.map(({ id, part }) => [id, part]))).toEqual({
      'an unknown method': 'new Stack().pop().peek',
      'a copy under another name':
        '\n\n Stack stack = new Stack(); stack.push(7); // same\n assertThat(stack.pop()).isEqualTo(7); }',
      'Java that the module is too old for': 'var',
    });
  });

  it('names the module that does not build', () => {
    expect(report.problems.join('\n')).toContain(
      'does not build with Maven: broken/src/main/java/c/Broken.java:[1,56]',
    );
    expect(report.problems.join('\n')).toContain('The tests of half do not compile as a whole');
  });

  it('never writes the workspace', () => {
    expect(readdirSync(join(workspaceDir, 'core')).sort()).toEqual(['pom.xml', 'src']);
  });

  it('builds once: a second check does not start Maven, even if the test file was written since', async () => {
    appendFileSync(join(workspaceDir, places.core.file), '// kept\n');
    const candidates = [candidate('good', cases['a good test'] ?? { module: 'core', source: '' })];
    const request = { workspaceDir, trusted: true, candidates, existingTests: [], cacheDir, harnessDir };
    // No build ends within a millisecond, so only a remembered one can do.
    const again = await checkCandidates({ ...request, limits: { buildMs: 1 } });
    expect(again.results[0]?.outcome).toBe('passed');
    appendFileSync(join(workspaceDir, 'core/src/main/java/a/Stack.java'), '// changed\n');
    const changed = await checkCandidates({ ...request, limits: { buildMs: 1 } });
    expect(changed.results[0]).toMatchObject({ outcome: 'not-checked', compiles: null });
    expect(changed.problems.join()).toContain('did not finish in time');
  }, 300_000);

  it('keeps candidates in the sandbox', async () => {
    const source = `@Test void escape() throws Exception { new Stack().push(1);
      java.nio.file.Files.writeString(java.nio.file.Path.of("${escaped}"), "x"); assertThat(new Stack().pop()).isZero(); }`;
    const sandboxed = await checkCandidates({
      workspaceDir,
      trusted: true,
      candidates: [candidate('escape', { module: 'core', source })],
      existingTests: [],
      cacheDir,
      harnessDir,
    });
    const sandbox = await findSandbox();
    expect(sandboxed.sandbox).toBe(sandbox);
    expect(sandboxed.results[0]?.outcome).toBe('exception');
    expect(existsSync(escaped)).toBe(sandbox === 'process');
  }, 300_000);

  it('starts nothing in a workspace that is not trusted', async () => {
    const untrusted = await checkCandidates({
      workspaceDir,
      trusted: false,
      candidates: [candidate('good', cases['a good test'] ?? { module: 'core', source: '' })],
      existingTests: [],
      cacheDir: join(cacheDir, 'never-made'),
      harnessDir,
    });
    expect(untrusted.sandbox).toBe('none-started');
    expect(untrusted.results[0]).toMatchObject({ outcome: 'not-checked', parses: true, compiles: null, useful: null });
    expect(existsSync(join(cacheDir, 'never-made'))).toBe(false);
  });

  it('forgets a workspace', () => {
    // Other tests may add builds of theirs meanwhile.
    const before = readdirSync(join(cacheDir, 'workspaces'));
    forgetBuilds(cacheDir, workspaceDir);
    const after = readdirSync(join(cacheDir, 'workspaces'));
    expect(before.filter((name) => !after.includes(name))).toHaveLength(1);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const endless = { module: 'core' as const, source: '@Test void endless() { new Stack().waitForever(); }' };
    setTimeout(() => controller.abort(), 4000);
    const cancelled = await checkCandidates({
      workspaceDir,
      trusted: true,
      candidates: [candidate('one', endless), candidate('two', endless)],
      existingTests: [],
      cacheDir,
      harnessDir,
      limits: { testMs: 60_000 },
      signal: controller.signal,
    });
    expect(cancelled.results.map((result) => result.outcome)).toEqual(['not-checked', 'not-checked']);
  }, 120_000);
});
