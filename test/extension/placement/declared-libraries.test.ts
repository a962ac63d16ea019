import { expect, test } from 'vitest';
import { declaredLibraries } from '../../../extension/placement/declared-libraries.ts';
import { indexFiles } from '../../../extension/placement/workspace-index.ts';

/** `framework assertions mocks` of a module, `-` for what its build does not tell. */
async function check(files: Readonly<Record<string, string>>, expected: string, module = ''): Promise<void> {
  const index = await indexFiles(Object.keys(files).sort(), (path) => files[path] ?? null);
  const { framework = '-', assertions = '-', mocks = '-' } = declaredLibraries(index, module);
  expect(`${framework} ${assertions} ${mocks}`).toBe(expected);
}

const pom = (content: string) => `<project>${content}</project>`;
const dependency = (group: string, artifact: string, version = '1') =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
const dependencies = (...all: string[]) => `<dependencies>${all.join('')}</dependencies>`;
const junit4 = dependency('junit', 'junit', '4.13.2');
const jupiter = dependency('org.junit.jupiter', 'junit-jupiter');

test('of a pom', async () => {
  await check({ 'pom.xml': pom(dependencies(jupiter, dependency('org.mockito', 'mockito-core'))) }, 'junit5 - mockito');
  await check({ 'pom.xml': pom(dependencies(junit4, dependency('org.hamcrest', 'hamcrest'))) }, 'junit4 hamcrest -');
  await check({ 'pom.xml': pom(dependencies(dependency('junit', 'junit', '3.8.2'))) }, 'junit3 - -');
  await check(
    { 'pom.xml': pom(dependencies(dependency('org.springframework.boot', 'spring-boot-starter-test'))) },
    'junit5 assertj mockito',
  );
  await check({ 'pom.xml': pom('') }, '- - -');
});

test('of a pom, without what stands in a comment, in an exclusion, or is only managed', async () => {
  await check({ 'pom.xml': pom(dependencies(junit4, `<!-- ${dependency('org.testng', 'testng')} -->`)) }, 'junit4 - -');
  const excluding = junit4.replace(
    '</dependency>',
    '<exclusions><exclusion><groupId>org.hamcrest</groupId><artifactId>hamcrest-core</artifactId></exclusion></exclusions></dependency>',
  );
  await check({ 'pom.xml': pom(dependencies(excluding)) }, 'junit4 - -');
  await check(
    {
      'pom.xml': pom(
        `<dependencyManagement>${dependencies(dependency('org.assertj', 'assertj-core'))}</dependencyManagement>${dependencies(junit4)}`,
      ),
    },
    'junit4 - -',
  );
});

test('of the poms above, with a version that is a property of theirs', async () => {
  const parent = pom(
    `<properties><v>3.8.1</v></properties><dependencyManagement>${dependencies(dependency('junit', 'junit', '\u0024{v}'))}</dependencyManagement>${dependencies(dependency('com.google.truth', 'truth'))}`,
  );
  const child = pom(
    '<parent><artifactId>p</artifactId></parent><dependencies><dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency></dependencies>',
  );
  await check({ 'pom.xml': parent, 'a/pom.xml': child }, 'junit3 truth -', 'a');
  // A parent that is not in the workspace is not the pom of the folder above.
  await check({ 'pom.xml': parent, 'a/pom.xml': pom(dependencies(jupiter)) }, 'junit5 - -', 'a');
});

test('of Gradle files, of their catalog and of the root', async () => {
  await check({ 'build.gradle': "dependencies {\n  testCompile 'junit:junit:4.12'\n}" }, 'junit4 - -');
  await check({ 'build.gradle': 'test {\n  useJUnitPlatform()\n}' }, 'junit5 - -');
  await check(
    {
      'settings.gradle.kts': '',
      'build.gradle.kts':
        'subprojects {\n  dependencies {\n    "testImplementation"("org.testng:testng:7.5.1")\n  }\n}',
      'gradle/libs.versions.toml': '[libraries]\njunit = "com.google.truth:truth:1.4.4"\n',
      'a/build.gradle.kts': 'dependencies {\n  testImplementation(libs.junit)\n}',
    },
    'testng truth -',
    'a',
  );
  await check(
    {
      'build.gradle.kts': 'testing {\n  suites {\n    val test by getting(JvmTestSuite::class) { useJUnit() }\n  }\n}',
    },
    'junit4 - -',
  );
});

test('of the jars in lib', async () => {
  await check({ 'lib/junit-4.13.2.jar': '', 'lib/hamcrest-core-1.3.jar': '' }, 'junit4 - -');
  await check(
    { 'lib/test/junit-jupiter-api-5.10.3.jar': '', 'lib/assertj-core-3.25.3.jar': '' },
    'junit5 assertj -',
    'a',
  );
  await check({ 'src/junit-4.13.2.jar': '' }, '- - -');
});
