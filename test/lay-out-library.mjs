// Lays out a published Java library as a Maven project, from the pinned coordinates of its pom, `sources` and `test-sources` artifacts.
//
//   node test/lay-out-library.mjs org.apache.commons:commons-text:1.11.0 DIR
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const getPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

export function layOutLibrary(coordinates, folder) {
  const [group, artifact, version] = coordinates.split(':');
  if (version === undefined) throw new Error(`${coordinates} is not GROUP:ARTIFACT:VERSION.`);
  const download = join(folder, '.download');
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  for (const kind of ['pom', 'jar:sources', 'jar:test-sources']) {
    maven([
      `${getPlugin}:copy`,
      `-Dartifact=${group}:${artifact}:${version}:${kind}`,
      `-DoutputDirectory=${download}`,
      '-Dmdep.useBaseVersion=true',
    ]);
  }
  const pom = readFileSync(join(download, `${artifact}-${version}.pom`), 'utf8');
  // The licence audit of some builds stops at files that the artifacts add to the sources.
  writeFileSync(join(folder, 'pom.xml'), pom.replace('<properties>', '<properties>\n    <rat.skip>true</rat.skip>'));
  for (const [kind, set] of [
    ['sources', 'main'],
    ['test-sources', 'test'],
  ]) {
    const java = join(folder, 'src', set, 'java');
    mkdirSync(java, { recursive: true });
    unpack(join(download, `${artifact}-${version}-${kind}.jar`), java);
    rmSync(join(java, 'META-INF'), { recursive: true, force: true });
    dropGenerated(java);
    moveResources(java, join(folder, 'src', set, 'resources'));
  }
  rmSync(download, { recursive: true, force: true });
}

function maven(args) {
  const ended = spawnSync('mvn', ['-q', '-B', ...args], { encoding: 'utf8' });
  if (ended.status !== 0)
    throw new Error(`Maven could not fetch the artifact: ${(ended.stdout ?? '').trim().slice(0, 400)}`);
}

function unpack(jar, folder) {
  const ended = spawnSync('jar', ['--extract', '--file', jar], { cwd: folder });
  if (ended.status !== 0) throw new Error(`${jar} could not be unpacked; is a JDK on the path?`);
}

/** Annotation processors make these again in the build, which stops when they are there already. */
function dropGenerated(java) {
  for (const entry of readdirSync(java, { recursive: true, withFileTypes: true })) {
    if (entry.name === 'jmh_generated') rmSync(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}

/** Artifacts hold resources beside the sources; a Maven project keeps them apart. */
function moveResources(java, resources) {
  for (const entry of readdirSync(java, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.java')) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(resources, relative(java, from));
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [coordinates, folder] = process.argv.slice(2);
  if (coordinates === undefined || folder === undefined) {
    console.error('usage: node test/lay-out-library.mjs GROUP:ARTIFACT:VERSION DIR');
    process.exit(2);
  }
  const target = resolve(folder);
  if (existsSync(join(target, 'pom.xml'))) {
    console.error(`${folder} already holds a project; name an empty folder.`);
    process.exit(2);
  }
  layOutLibrary(coordinates, target);
}
