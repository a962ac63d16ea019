import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARTIFACTS, type Artifact, type Library, nameOf } from './corpus-recipe.ts';
import { runTool } from './run-tool.ts';

const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';

/** Paths of what was fetched; the pom of libraries that are built. */
export type FetchedLibrary = Readonly<Record<Artifact, string>> & { readonly pom?: string };

/**
 * Fetches the artifacts of a library into `folder` with Maven, which knows the user's repositories and keeps its own copies, and
 * compares them with the recipe's hashes.
 */
export async function fetchLibrary(library: Library, folder: string, signal: AbortSignal): Promise<FetchedLibrary> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'copy.xml'), pomThatCopies(library));
  try {
    await runTool('mvn', ['-q', '-B', '-f', 'copy.xml', copyGoal], { folder, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${library.coordinate} could not be fetched; is Maven on the path, and its repository reached? ${reason}`,
    );
  }
  const pathOf = (artifact: Artifact) => join(folder, `${nameOf(library)}-${artifact}.jar`);
  for (const artifact of ARTIFACTS) await checkHash(pathOf(artifact), library.sha256[artifact], library);
  const jars = { sources: pathOf('sources'), 'test-sources': pathOf('test-sources') };
  if (library.build === undefined) return jars;
  const pom = join(folder, `${nameOf(library)}.pom`);
  await checkHash(pom, library.build.pomSha256, library);
  return { ...jars, pom };
}

async function checkHash(file: string, expected: string, { coordinate }: Library): Promise<void> {
  const found = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (found === expected) return;
  throw new Error(
    `An artifact of ${coordinate} has the SHA-256 ${found}, but corpus.json says ${expected}: do not use it.`,
  );
}

/** One start of Maven fetches all artifacts; its command line alone would take one start each. */
function pomThatCopies({ coordinate, build }: Library): string {
  const [group, artifact, version] = coordinate.split(':');
  const kinds = ARTIFACTS.map((classifier) => `<classifier>${classifier}</classifier>`);
  if (build !== undefined) kinds.push('<type>pom</type>');
  const items = kinds.map(
    (kind) => `
            <artifactItem>
              <groupId>${group}</groupId>
              <artifactId>${artifact}</artifactId>
              <version>${version}</version>
              ${kind}
            </artifactItem>`,
  );
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>bespoke</groupId>
  <artifactId>corpus</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <build>
    <plugins>
      <plugin>
        <groupId>org.apache.maven.plugins</groupId>
        <artifactId>maven-dependency-plugin</artifactId>
        <configuration>
          <outputDirectory>\${project.basedir}</outputDirectory>
          <artifactItems>${items.join('')}
          </artifactItems>
        </configuration>
      </plugin>
    </plugins>
  </build>
</project>
`;
}
