import { expect, it } from 'vitest';
import { buildWithMaven } from '../../../extension/check/maven-build.ts';
import { pom, writeWorkspace } from './fixture-workspace.ts';

const propertyOf = (name: string) => `\${${name}}`;

/** A project whose pom, as basepom does, may skip the plugin that names the class path. */
async function build(skip: string) {
  const skipping = `<properties><basepom.check.skip-dependency>true</basepom.check.skip-dependency><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target></properties>
    <build><plugins><plugin><artifactId>maven-dependency-plugin</artifactId><configuration><skip>${skip}</skip></configuration></plugin></plugins></build>`;
  const source = 'package a;\n\nclass Twice {}\n';
  const rootDir = writeWorkspace('skipped-class-path', {
    'pom.xml': pom('skipped', skipping, false),
    'src/main/java/a/Twice.java': source,
  });
  const built = await buildWithMaven({ rootDir, modules: [''], env: process.env, limitMs: 120_000 });
  return built.get('');
}

it('names the class path where a parent lets checks be skipped', async () => {
  const built = await build(propertyOf('basepom.check.skip-dependency'));
  expect(built).toMatchObject({
    directories: [expect.stringContaining('test-classes'), expect.stringContaining('classes')],
  });
}, 180_000);

it('says so where the pom itself skips what names the class path', async () => {
  expect(await build('true')).toEqual({
    problem:
      'Maven built the module, but not its class path: its pom skips maven-dependency-plugin. Set `skip` of that plugin to false, then check again.',
  });
}, 180_000);
