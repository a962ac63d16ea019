import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mavenCommand, mavenError } from './maven-build.ts';
import { newestVersions } from './newest-versions.ts';
import { runProcess } from './run-process.ts';

export interface LauncherRequest {
  /** The module's jars. */
  readonly libraries: readonly string[];
  readonly cacheDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The jars that running JUnit 5 or later needs beyond the module's own class path: the launcher and, where the module names only the
 * API, the engine, both in the very version that the module uses. Empty for a module without JUnit 5. Build tools add the same jars.
 */
export async function launcherLibraries(request: LauncherRequest): Promise<readonly string[]> {
  const platform = versionOf(request.libraries, 'junit-platform-commons');
  const jupiter = versionOf(request.libraries, 'junit-jupiter-api');
  if (platform === null) return [];
  const wanted: string[] = [];
  if (versionOf(request.libraries, 'junit-platform-launcher') === null)
    wanted.push(`org.junit.platform:junit-platform-launcher:${platform}`);
  if (jupiter !== null && versionOf(request.libraries, 'junit-jupiter-engine') === null) {
    wanted.push(`org.junit.jupiter:junit-jupiter-engine:${jupiter}`);
  }
  if (wanted.length === 0) return [];
  const resolved = await resolveWithMaven(wanted, request);
  const present = new Set(request.libraries.map((library) => basename(library)));
  return resolved.filter((library) => !present.has(basename(library)));
}

export interface ResolveRequest extends Omit<LauncherRequest, 'libraries'> {
  /** Bills of materials that give the versions left out. */
  readonly platforms?: readonly string[];
  /** Takes the newest version of a library that others want in several, as Gradle does; else the nearest, as Maven does. */
  readonly newest?: boolean;
}

/** Resolves `group:artifact:version` coordinates and what they need to jars on disk, remembered in `cacheDir`. Throws one clear sentence. */
export async function resolveWithMaven(
  coordinates: readonly string[],
  request: ResolveRequest,
): Promise<readonly string[]> {
  const { cacheDir, platforms = [], newest = false } = request;
  const pom = pomOf(coordinates, platforms, new Map());
  const key = createHash('sha256').update(`${newest ? 'newest ' : ''}${pom}`);
  const dir = join(cacheDir, 'resolved', key.digest('hex').slice(0, 16));
  const known = readClassPath(dir);
  if (known?.every((jar) => existsSync(jar)) === true) return known;
  mkdirSync(dir, { recursive: true });
  const fixed = new Map<string, string>();
  for (let round = 0; ; round++) {
    writeFileSync(join(dir, 'pom.xml'), pomOf(coordinates, platforms, fixed));
    await runResolution(dir, coordinates, request);
    const wanted = newest ? newestVersions(readFileSync(join(dir, treeFile), 'utf8')) : new Map<string, string>();
    // A newer library may want newer ones in turn.
    if (wanted.size === 0 || round === mostRounds) {
      renameSync(join(dir, unfinishedFile), join(dir, answerFile));
      return readClassPath(dir) ?? [];
    }
    for (const [library, version] of wanted) fixed.set(library, version);
  }
}

const answerFile = 'class-path.txt';
const unfinishedFile = 'class-path-unfinished.txt';
const treeFile = 'tree.txt';
const mostRounds = 3;
const separator = process.platform === 'win32' ? ';' : ':';

async function runResolution(
  dir: string,
  coordinates: readonly string[],
  { env, limitMs, signal, newest }: ResolveRequest,
): Promise<void> {
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
  const tree = [`${plugin}:tree`, '-Dverbose=true', `-DoutputFile=${join(dir, treeFile)}`];
  const goals = [
    `${plugin}:build-classpath`,
    `-Dmdep.outputFile=${join(dir, unfinishedFile)}`,
    ...(newest ? tree : []),
  ];
  const end = await runProcess(
    mavenCommand,
    ['--batch-mode', '--no-transfer-progress', '--quiet', '-Dstyle.color=never', ...goals],
    { cwd: dir, env, limitMs, signal },
  );
  if (end.exitCode === 0 && existsSync(join(dir, unfinishedFile))) return;
  const why = end.stopped === 'not-found' ? 'Maven was not found' : mavenError(end);
  throw new Error(`Could not fetch ${coordinates.join(', ')}: ${why}. Check the connection to your Maven repository.`);
}

/** The jars as they were resolved last, or `null`. */
function readClassPath(dir: string): string[] | null {
  const answer = join(dir, answerFile);
  if (!existsSync(answer)) return null;
  return readFileSync(answer, 'utf8')
    .trim()
    .split(separator)
    .filter((jar) => jar !== '');
}

/** Version of an artifact by its jar's name, for instance `junit-jupiter-api-5.10.3.jar`. */
export function versionOf(libraries: readonly string[], artifact: string): string | null {
  for (const library of libraries) {
    const name = basename(library);
    if (name.startsWith(`${artifact}-`) && /^\d.*\.jar$/.test(name.slice(artifact.length + 1))) {
      return name.slice(artifact.length + 1, -'.jar'.length);
    }
  }
  return null;
}

function pomOf(
  coordinates: readonly string[],
  platforms: readonly string[],
  fixed: ReadonlyMap<string, string>,
): string {
  const managed = [
    ...[...fixed].map(([library, version]) => dependencyOf(`${library}:${version}`, '')),
    ...platforms.map((platform) => dependencyOf(platform, '<type>pom</type><scope>import</scope>')),
  ].join('\n');
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>bespoke</groupId>
<artifactId>class-path</artifactId><version>1</version>
<dependencyManagement><dependencies>${managed}</dependencies></dependencyManagement>
<dependencies>${coordinates.map((coordinate) => dependencyOf(withVersion(coordinate, fixed), '')).join('\n')}</dependencies></project>\n`;
}

function withVersion(coordinate: string, fixed: ReadonlyMap<string, string>): string {
  const library = coordinate.split(':').slice(0, 2).join(':');
  const version = fixed.get(library);
  return version === undefined ? coordinate : `${library}:${version}`;
}

function dependencyOf(coordinate: string, rest: string): string {
  const [group = '', artifact = '', version = ''] = coordinate.split(':').map(escapeXml);
  const versionElement = version === '' ? '' : `<version>${version}</version>`;
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>${versionElement}${rest}</dependency>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
