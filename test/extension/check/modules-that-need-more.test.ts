import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import { declaredRelease } from '../../../extension/check/declared-release.ts';
import { installedJdks } from '../../../extension/check/installed-jdks.ts';
import { findJdk } from '../../../extension/check/jdk.ts';
import { checkTestsDir, pom, writeWorkspace } from './fixture-workspace.ts';

describe('a module without a test framework', () => {
  const plainPom = pom(
    'none',
    '<properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties>',
    false,
  );
  const source = 'package a;\n\npublic class Twice {\n  public int of(int number) {\n    return 2 * number;\n  }\n}\n';

  it.each([
    ['Maven', { 'pom.xml': plainPom }, 'src/main/java', /add it to the dependencies in pom\.xml/],
    ['Gradle', { 'build.gradle.kts': 'plugins { java }' }, 'src/main/java', /in build\.gradle\.kts/],
    ['plain folders', {}, 'src', /put its jars into a folder lib/],
  ])(
    'of %s is said in one sentence',
    async (name, files, root, nextStep) => {
      const workspaceDir = writeWorkspace(`without-framework/${name}`, { ...files, [`${root}/a/Twice.java`]: source });
      const text =
        'package a;\nimport org.junit.jupiter.api.Test;\nclass TwiceTest {\n  @Test void doubles() { assert new Twice().of(2) == 4; }\n}\n';
      const report = await checkCandidates({
        workspaceDir,
        trusted: true,
        candidates: [
          {
            id: 'one',
            source: '@Test void doubles() { assert new Twice().of(2) == 4; }',
            focal: { className: 'Twice', method: 'of' },
            placement: {
              file: 'src/test/java/a/TwiceTest.java',
              isNewFile: true,
              module: '',
              binaryClassName: 'a.TwiceTest',
              method: 'doubles',
              libraries: { framework: 'junit5', assertions: 'framework', mocks: null },
              test: { offset: 0, text },
              imports: [],
              text,
            },
          },
        ],
        existingTests: [],
        cacheDir: checkTestsDir,
        harnessDir: join(import.meta.dirname, '../../../extension/check/harness'),
      });
      const [result] = report.results;
      expect(result?.compiles, JSON.stringify(result)).toBeNull();
      expect(report.problems.at(-1)).toMatch(
        /^The workspace has no test framework on its class path, so no test compiles/,
      );
      expect(report.problems.at(-1)).toMatch(nextStep);
      expect(report.problems.at(-1)?.match(/\.( |$)/g)).toHaveLength(1);
    },
    300_000,
  );
});

describe('the level of Java that a module needs', () => {
  it.each([
    [
      'a property',
      { 'pom.xml': pom('a', '<properties><maven.compiler.release>25</maven.compiler.release></properties>', false) },
      25,
    ],
    [
      'an old property',
      { 'pom.xml': pom('a', '<properties><maven.compiler.source>1.8</maven.compiler.source></properties>', false) },
      8,
    ],
    [
      'the compiler plugin',
      {
        'pom.xml':
          '<project><build><plugins><plugin><configuration><release>21</release></configuration></plugin></plugins></build></project>',
      },
      21,
    ],
    [
      'a Gradle toolchain',
      { 'build.gradle.kts': 'java { toolchain { languageVersion.set(JavaLanguageVersion.of(24)) } }' },
      24,
    ],
    ['nothing', { 'pom.xml': '<project/>' }, 0],
    ['no build', {}, 0],
  ])('is read from %s', (name, files: Readonly<Record<string, string>>, expected) => {
    expect(declaredRelease(writeWorkspace(`level/${name}`, files), [''])).toBe(expected);
  });

  it('is read from the parent pom', () => {
    const workspace = writeWorkspace('level/parent', {
      'pom.xml': '<project><properties><java.version>22</java.version></properties></project>',
      'a/pom.xml': pom('a', ''),
    });
    expect(declaredRelease(workspace, ['a'])).toBe(22);
  });

  const newest = installedJdks().at(-1);
  it.skipIf(newest === undefined)('chooses a JDK that knows it, wherever it is installed', async () => {
    const atLeast = newest?.javaVersion ?? 17;
    const jdk = await findJdk({ atLeast });
    expect(jdk.javaVersion).toBeGreaterThanOrEqual(atLeast);
    expect(existsSync(jdk.javac)).toBe(true);
    // None knows the Java of a later day: the usual one is taken, and the build says what it lacks.
    expect((await findJdk({ atLeast: 99 })).javaVersion).toBe((await findJdk({})).javaVersion);
  });
});
