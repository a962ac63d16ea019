import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { buildRootOf } from '../../../extension/check/build-root.ts';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CandidateToCheck } from '../../../extension/check/judge-candidate.ts';
import { findOnPath } from '../../../extension/check/sandbox.ts';
import { gradleRelease, readGradleDependencies } from '../../../extension/placement/gradle-dependencies.ts';
import { checkTestsDir, writeWorkspace } from './fixture-workspace.ts';

const files = { properties: '', catalog: '', rootBuild: '' };

describe('the dependencies of a Gradle build file', () => {
  it.each([
    [
      'Groovy',
      "dependencies { }\ndependencies {\n  testImplementation 'junit:junit:4.13.2' // old\n}",
      ['junit:junit:4.13.2'],
    ],
    [
      'Kotlin',
      'dependencies {\n  testImplementation("a.b:c:1.2")\n  testRuntimeOnly("d:e:2") { exclude(group = "x") }\n}',
      ['a.b:c:1.2', 'd:e:2'],
    ],
    ['a map', "dependencies {\n  testCompile group: 'a', name: 'b', version: '1'\n}", ['a:b:1']],
    [
      'variables',
      'def v = \'5.1\'\next { w = \'2\' }\ndependencies {\n  testImplementation "a:b:$v"\n  api "c:d:$\u007bproject.w}"\n}',
      ['a:b:5.1', 'c:d:2'],
    ],
    ['an unknown variable', 'dependencies {\n  testImplementation "a:b:$v"\n}', []],
    [
      'other configurations and blocks',
      "buildscript {\n dependencies {\n  classpath 'x:y:1'\n  implementation 'x:z:1'\n }\n}\ndependencies {\n  kapt 'p:q:1'\n  /* api 'r:s:1' */\n}",
      [],
    ],
    [
      'several of one statement, over several lines',
      "dependencies {\n  testCompile 'a:b:1',\n    'c:d:2'\n  testImplementation(\n    platform('e:bom:3')\n  )\n}",
      ['a:b:1', 'c:d:2'],
    ],
    [
      'a source set of its own, and words in quotes',
      'dependencies {\n  integrationTestImplementation("a:b:1")\n  "testRuntimeOnly"("c:d:2") { exclude(group = "x") }\n  add("testImplementation", "e:f:3")\n}',
      ['a:b:1', 'c:d:2', 'e:f:3'],
    ],
    [
      'a test suite',
      'testing {\n  suites {\n    val test by getting(JvmTestSuite::class) {\n      useJUnitJupiter("5.9.1")\n    }\n  }\n}',
      ['org.junit.jupiter:junit-jupiter:5.9.1'],
    ],
    ['a map of versions', 'ext.v = [lib: \'7\']\ndependencies {\n  api "a:b:\u0024{v.lib}"\n}', ['a:b:7']],
    ['a classifier', "dependencies {\n  implementation 'a:b:1@aar'\n}", ['a:b:1']],
  ])('in %s', (_, build, coordinates) => {
    expect(readGradleDependencies({ ...files, build, rootBuild: build }).coordinates).toEqual(coordinates);
  });

  it('come from a version catalog, the root and the properties as well', () => {
    const found = readGradleDependencies({
      build:
        'dependencies {\n  testImplementation(libs.junit.jupiter)\n  testImplementation(libs.bundles.asserting)\n  implementation(project(":core"))\n  testImplementation(platform("org.junit:junit-bom:5.10.3"))\n  testImplementation("org.junit.jupiter:junit-jupiter")\n  api(libs.missing)\n}',
      rootBuild:
        'subprojects {\n  dependencies {\n    testImplementation "m:n:$mVersion"\n  }\n}\ndependencies {\n  api "only:root:1"\n}',
      properties: 'mVersion=7',
      catalog:
        '[versions]\njunit = "5.9.0"\n[libraries]\njunit-jupiter = { module = "org.junit.jupiter:junit-jupiter-api", version.ref = "junit" }\nassertj_core = "org.assertj:assertj-core:3.25.3"\ntruth = { group = "t", name = "truth", version = "1" }\n[bundles]\nasserting = ["assertj-core", "truth"]\n',
    });
    expect(found).toEqual({
      coordinates: [
        'm:n:7',
        'org.junit.jupiter:junit-jupiter-api:5.9.0',
        'org.assertj:assertj-core:3.25.3',
        't:truth:1',
        'org.junit.jupiter:junit-jupiter',
      ],
      platforms: ['org.junit:junit-bom:5.10.3'],
      projects: [':core'],
      unread: ['api(libs.missing)'],
    });
  });

  it.each([
    ["sourceCompatibility = '1.8'", 8],
    ['java { sourceCompatibility = JavaVersion.VERSION_17 }', 17],
    ['sourceCompatibility 11', 11],
    ['java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } }', 21],
    ['tasks.withType<JavaCompile> { options.release.set(17) }', 17],
    ['kotlin { jvmToolchain(25) }', 25],
    ['plugins { java }', null],
  ])('and the language level of %s', (build, release) => {
    expect(gradleRelease({ ...files, build })).toBe(release);
  });
});

it('finds the folder that a module is built from', () => {
  const workspace = writeWorkspace('roots', {
    'pom.xml': '',
    'a/pom.xml': '',
    'b/build.gradle': '',
    'tools/settings.gradle': '',
    'tools/x/build.gradle.kts': '',
  });
  expect(buildRootOf(workspace, 'a')).toEqual({ tool: 'maven', dir: '' });
  expect(buildRootOf(workspace, 'b')).toEqual({ tool: 'gradle', dir: 'b' });
  expect(buildRootOf(workspace, 'tools/x')).toEqual({ tool: 'gradle', dir: 'tools' });
  expect(buildRootOf(workspace, 'none')).toBeNull();
});

/** Two modules, the second with JUnit 4 and the first as a sibling; nothing here needs a newer Gradle than Debian's. */
const workspace = {
  'settings.gradle': "include 'core', 'app'",
  'build.gradle':
    "subprojects {\n  apply plugin: 'java'\n  repositories { mavenCentral() }\n  sourceCompatibility = 8\n}",
  'gradle.properties': 'jupiter=5.10.3',
  'core/build.gradle':
    'dependencies {\n  testImplementation "org.junit.jupiter:junit-jupiter:$jupiter"\n  testImplementation "org.assertj:assertj-core:3.25.3"\n}',
  'core/src/main/java/a/Twice.java':
    'package a; public class Twice { public int of(int number) { return 2 * number; } }',
  'core/src/test/resources/x.txt': 'x',
  'core/src/test/java/a/TwiceTest.java':
    'package a;\nimport static org.assertj.core.api.Assertions.assertThat;\nimport org.junit.jupiter.api.Test;\nclass TwiceTest {\n//HERE\n}',
  'app/build.gradle': "dependencies {\n  compile project(':core')\n  testImplementation 'junit:junit:4.13.2'\n}",
  'app/src/main/java/b/Four.java':
    'package b; public class Four { public int times(int number) { a.Twice twice = new a.Twice(); return twice.of(twice.of(number)); } }',
  'app/src/test/java/b/FourTest.java':
    'package b;\nimport static org.junit.Assert.assertEquals;\nimport org.junit.Test;\npublic class FourTest {\n//HERE\n}',
};

function candidate(id: string, module: 'core' | 'app', source: string): CandidateToCheck {
  const [file, binaryClassName, focal] =
    module === 'core'
      ? (['core/src/test/java/a/TwiceTest.java', 'a.TwiceTest', { className: 'Twice', method: 'of' }] as const)
      : (['app/src/test/java/b/FourTest.java', 'b.FourTest', { className: 'Four', method: 'times' }] as const);
  const libraries = { framework: 'junit5', assertions: 'assertj', mocks: null } as const;
  const nowhere = { isNewFile: false, libraries, test: { offset: 0, text: '' }, imports: [] };
  const text = workspace[file].replace('//HERE', source);
  return { id, source, focal, placement: { ...nowhere, file, binaryClassName, module, text, method: 't' } };
}

async function check() {
  return await checkCandidates({
    workspaceDir: writeWorkspace('gradle', workspace),
    trusted: true,
    candidates: [
      candidate(
        'junit 5',
        'core',
        '@Test void t() { assertThat(new Twice().of(2)).isEqualTo(4); assertThat(getClass().getResource("/x.txt")).isNotNull(); }',
      ),
      candidate('wrong', 'core', '@Test void t() { assertThat(new Twice().of(2)).isEqualTo(5); }'),
      candidate('too new', 'core', '@Test void t() { var four = new Twice().of(2); assertThat(four).isEqualTo(4); }'),
      candidate('junit 4', 'app', '@Test public void t() { assertEquals(8, new Four().times(2)); }'),
    ],
    existingTests: [],
    cacheDir: checkTestsDir,
    harnessDir: join(import.meta.dirname, '../../../extension/check/harness'),
  });
}

const expected = { 'junit 5': 'passed', wrong: 'assertion-failure', 'too new': 'compile-error', 'junit 4': 'passed' };

describe('candidates in a Gradle workspace', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are checked by its files where no Gradle is installed', async () => {
    vi.stubEnv('PATH', folderWithout('gradle'));
    const report = await check();
    expect(report.problems.join()).toContain('no Gradle is installed');
    expect(Object.fromEntries(report.results.map(({ id, outcome }) => [id, outcome]))).toEqual(expected);
  }, 600_000);

  it.skipIf(findOnPath('gradle') === null)(
    'are checked with Gradle where it is installed',
    async () => {
      const report = await check();
      expect(report.problems).toEqual([]);
      expect(Object.fromEntries(report.results.map(({ id, outcome }) => [id, outcome]))).toEqual(expected);
    },
    240_000,
  );
});

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
