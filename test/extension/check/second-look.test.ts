import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CheckReason, CheckReport } from '../../../extension/check/check-result.ts';
import type { CandidateToCheck } from '../../../extension/check/judge-candidate.ts';
import { checkTestsDir, dependency, pom, writeWorkspace } from './fixture-workspace.ts';

const files = {
  'pom.xml': pom(
    'meter',
    `<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<build><plugins><plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin></plugins></build>
<dependencies>${dependency('org.junit.jupiter:junit-jupiter:5.10.3')}${dependency('org.assertj:assertj-core:3.25.3')}</dependencies>`,
    false,
  ),
  'src/main/java/m/Meter.java': `package m;
public class Meter implements Comparable<Meter> {
  private int value;
  public int read() { return value; }
  public boolean isEmpty() { return value == 0; }
  public void add(int more) { if (more < 0) throw new IllegalArgumentException("negative"); value += more; }
  public boolean take(int some) { value -= some; return true; }
  public String find(String key) { return key.isEmpty() ? "" : null; }
  public String label() { String unit = value > 5 ? "l" : null; return unit.trim(); }
  public Meter twice() { assert value < 5; value *= 2; return this; }
  public long total(long one, double two, int... more) { return one + (long) two + more.length; }
  public double ratio() { return value / 4.0; }
  public char letter() { return (char) ('a' + value); }
  public static String name(Meter meter) { return "meter " + meter.value; }
  private static int made;
  public int count() { return ++made; }
  public interface Gauge { default int level(int of) { return of + 1; } }
  public synchronized int compareTo(Meter other) { return Integer.compare(value, other.value); }
  public enum Kind { OLD, NEW; public String text() { return name().toLowerCase(); } }
  public record Size(int width) { public Size { if (width < 0) throw new IllegalArgumentException(); } }
  public <T extends Number> T first(T number, byte[]... rest) throws java.io.IOException { return rest.length > 0 ? null : number; }
  public int[] all() { return new int[] {value}; }
}
`,
  'src/main/java/n/Meter.java': 'package n; public class Meter { public int read() { return 1; } }',
  'src/test/java/m/MeterTest.java': `package m;
import static org.assertj.core.api.Assertions.*;
import static org.junit.jupiter.api.Assertions.*;
import org.junit.jupiter.api.Test;
class MeterTest {
  static class Level implements Meter.Gauge {}
//HERE
}
`,
};

interface Case {
  /** Of `Meter`, or `Gauge.level`. */
  readonly method: string;
  readonly body: string;
  /** Why it is not useful; left out where it is. */
  readonly code?: CheckReason['code'];
  readonly because?: string;
}

const noticed: Readonly<Record<string, Case>> = {
  'a value': { method: 'read', body: 'meter.add(3); assertEquals(3, meter.read());' },
  'the value that a broken method gives too': { method: 'read', body: 'assertThat(meter.read()).isZero();' },
  'false, which a broken method gives too': {
    method: 'isEmpty',
    body: 'meter.add(1); assertFalse(meter.isEmpty());',
  },
  'null, which a broken method gives too': { method: 'find', body: 'assertNull(meter.find("x"));' },
  'an effect of a method without a value': { method: 'add', body: 'meter.add(2); assertEquals(2, meter.read());' },
  'an effect of a method with a value': { method: 'take', body: 'meter.take(2); assertEquals(-2, meter.read());' },
  'an expected exception': {
    method: 'add',
    body: 'assertThrows(IllegalArgumentException.class, () -> meter.add(-1));',
  },
  'that there is no exception': {
    method: 'add',
    body: 'assertThatCode(() -> meter.add(1)).doesNotThrowAnyException();',
  },
  'a result of wide types': { method: 'total', body: 'assertEquals(0, meter.total(0, 0.5));' },
  'a fraction': { method: 'ratio', body: 'assertEquals(0.0, meter.ratio());' },
  'a letter': { method: 'letter', body: "assertEquals('a', meter.letter());" },
  'what a static method says': { method: 'name', body: 'assertThat(Meter.name(meter)).endsWith("0");' },
  'an array': { method: 'all', body: 'assertArrayEquals(new int[] {0}, meter.all());' },
  'a comparison, which has a bridge method': {
    method: 'compareTo',
    body: 'assertEquals(0, meter.compareTo(new Meter()));',
  },
  'a method of a nested enum': { method: 'Kind.text', body: 'assertEquals("new", Meter.Kind.NEW.text());' },
  'what a record makes by itself': { method: 'Size.width', body: 'assertEquals(0, new Meter.Size(0).width());' },
  'a generic method with arrays': { method: 'first', body: 'assertNull(meter.first(1, new byte[0]));' },
  'a constructor, which cannot be broken': {
    method: 'Size.Size',
    body: 'assertThrows(IllegalArgumentException.class, () -> new Meter.Size(-1));',
  },
  'a method of an interface': { method: 'Gauge.level', body: 'assertEquals(0, new Level().level(-1));' },
};

const doubted: Readonly<Record<string, Case>> = {
  'a value that nothing looks at': {
    method: 'read',
    body: 'meter.read(); assertTrue(meter.isEmpty());',
    code: 'notices-nothing',
    because: 'It still passes when Meter.read is broken',
  },
  'an effect that nothing looks at': {
    method: 'add',
    body: 'meter.add(0); assertEquals(0, meter.read());',
    code: 'notices-nothing',
  },
  'an exception that is caught': {
    method: 'label',
    body: 'try { meter.label(); } catch (RuntimeException ignored) { } assertNotNull(meter.all());',
    code: 'notices-nothing',
  },
  'a test that depends on chance': {
    method: 'read',
    body: `java.nio.file.Path file = java.nio.file.Path.of(System.getProperty("java.io.tmpdir"), "was-here");
      assertFalse(java.nio.file.Files.exists(file)); java.nio.file.Files.createFile(file); assertEquals(0, meter.read());`,
    code: 'flaky',
    because: 'It passed at first and not in run 2: ',
  },
  'a null inside the class under test': {
    method: 'label',
    body: 'assertEquals("l", meter.label());',
    code: 'points-at-code',
    because: 'NullPointerException inside Meter.label (Meter.java:9): the code may have a bug.',
  },
  'an assertion of the class under test': {
    method: 'twice',
    body: 'meter.add(5); assertEquals(10, meter.twice().read());',
    code: 'points-at-code',
    because: 'An assertion inside Meter.twice failed (Meter.java:10): the code may have a bug.',
  },
  'a null that the test gives': {
    method: 'find',
    body: 'assertNull(meter.find(null));',
    code: 'exception',
    because: 'the test gives it null, which it does not take.',
  },
  'an exception that the class under test chose': {
    method: 'add',
    body: 'meter.add(-2); assertEquals(-2, meter.read());',
    code: 'exception',
    because:
      'IllegalArgumentException was thrown inside Meter.add (Meter.java:6): the test may use it in a way that it refuses. It says: negative',
  },
  'an exception of the test’s own': {
    method: 'read',
    body: 'Object text = "x"; assertEquals((Integer) text, meter.read());',
    code: 'exception',
    because: 'It ended with an exception (line 1): java.lang.ClassCastException',
  },
  'a wrong value, JUnit': {
    method: 'read',
    body: 'assertEquals(4, meter.read());',
    code: 'assertion-failure',
    because: 'It expected 4 and got 0 (line 1): either the expectation is wrong or the code has a bug.',
  },
  'a wrong value, AssertJ': {
    method: 'read',
    body: 'assertThat(meter.read()).isEqualTo(4);',
    code: 'assertion-failure',
    because: 'It expected 4 and got 0 (line 1): ',
  },
  'what cannot be told shorter': {
    method: 'isEmpty',
    body: 'assertThat(meter.all()).contains(7).hasSize(1); meter.isEmpty();',
    code: 'assertion-failure',
    because: 'An assertion failed (line 1): either the expectation is wrong or the code has a bug. It says: Expecting',
  },
};

const cases = { ...noticed, ...doubted };

function candidate(id: string, { method, body }: Case): CandidateToCheck {
  const file = 'src/test/java/m/MeterTest.java';
  const before = files[file];
  const source = `@Test void t() throws Exception { Meter meter = new Meter(); ${body} }`;
  const test = { offset: before.indexOf('//HERE'), text: source };
  const [className = '', name = method] = method.includes('.') ? method.split('.') : ['Meter'];
  return {
    id,
    source,
    focal: { className, method: name },
    placement: {
      file,
      isNewFile: false,
      module: '',
      binaryClassName: 'm.MeterTest',
      method: 't',
      libraries: { framework: 'junit5', assertions: 'assertj', mocks: null },
      test,
      imports: [],
      text: before.replace('//HERE', source),
    },
  };
}

const harnessDir = join(import.meta.dirname, '../../../extension/check/harness');

describe('a second look at a test that passes', () => {
  const workspaceDir = writeWorkspace('second-look', files);
  const request = {
    workspaceDir,
    trusted: true,
    candidates: Object.entries(cases).map(([id, one]) => candidate(id, one)),
    existingTests: [],
    cacheDir: checkTestsDir,
    harnessDir,
  };
  let report: CheckReport;
  beforeAll(async () => {
    report = await checkCandidates(request);
  }, 300_000);

  it.each(Object.entries(noticed))('finds that it notices %s', (id) => {
    const result = report.results.find((one) => one.id === id);
    expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'passed', useful: true, reasons: [] });
  });

  it.each(Object.entries(doubted))('says of %s what is wrong', (id, { code, because = '' }) => {
    const result = report.results.find((one) => one.id === id);
    expect(result?.useful, JSON.stringify(result)).toBe(false);
    expect(result?.reasons[0]?.code, JSON.stringify(result)).toBe(code);
    expect(result?.reasons[0]?.message).toContain(because);
    expect(result?.passes).toBe(code === 'notices-nothing');
  });

  it('is left out where the limits say so', async () => {
    const once = await checkCandidates({ ...request, limits: { runs: 1, mutants: false } });
    const useful = (id: string) => once.results.find((one) => one.id === id)?.useful;
    expect(['a value that nothing looks at', 'a test that depends on chance'].map(useful)).toEqual([true, true]);
  }, 300_000);

  it('of a test that hangs under a broken method ends the process and not the check', async () => {
    const hangs = candidate('hangs', {
      method: 'take',
      body: 'meter.add(9); while (!meter.take(3)) { } assertEquals(6, meter.read());',
    });
    const next = candidate('next', noticed['a value'] ?? { method: 'read', body: '' });
    const { results } = await checkCandidates({ ...request, candidates: [hangs, next] });
    expect(results.map(({ id, outcome, useful }) => ({ id, outcome, useful }))).toEqual([
      { id: 'hangs', outcome: 'passed', useful: true },
      { id: 'next', outcome: 'passed', useful: true },
    ]);
  }, 300_000);
});
