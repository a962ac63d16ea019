import { coordinatesOf, type Files, type MatrixCase } from './matrix-case.ts';

/** Plugins that every Maven project pins, so that the cases do not change because one was released. */
const plugins = `<build><pluginManagement><plugins>
<plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>
</plugins></pluginManagement>`;

/** The files of a case as they are written: with the usual build files of its build tool where it brings none of its own. */
export function projectFiles(id: string, one: MatrixCase): Files {
  const own = Object.fromEntries(
    Object.entries(one.files).map(([path, text]) => [path, text.replaceAll('@id@', id)] as const),
  );
  return one.ownBuild === true ? own : { ...usualBuild(id, one), ...own };
}

function usualBuild(id: string, one: MatrixCase): Files {
  const coordinates = coordinatesOf(one);
  switch (one.build) {
    case 'Maven':
      return { 'pom.xml': pom(id, one.java, coordinates) };
    case 'Gradle, Groovy':
      return {
        'settings.gradle': `rootProject.name = '${id}'\n`,
        'build.gradle': `plugins {\n    id 'java'\n}\n\nrepositories {\n    mavenCentral()\n}\n\nsourceCompatibility = ${one.java < 9 ? `'1.${one.java}'` : one.java}\n\ndependencies {\n${coordinates.map((text) => `    testImplementation '${text}'\n`).join('')}}\n`,
      };
    case 'Gradle, Kotlin':
      return {
        'settings.gradle.kts': `rootProject.name = "${id}"\n`,
        'build.gradle.kts': `plugins {\n    java\n}\n\nrepositories {\n    mavenCentral()\n}\n\njava {\n    toolchain {\n        languageVersion.set(JavaLanguageVersion.of(${one.java}))\n    }\n}\n\ndependencies {\n${coordinates.map((text) => `    testImplementation("${text}")\n`).join('')}}\n`,
      };
    case 'plain folders':
      return {};
  }
}

/** A pom without a parent. `more` comes after the dependencies. */
export function pom(
  artifact: string,
  java: number,
  coordinates: readonly string[],
  more = `${plugins}</build>`,
): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>@id@</groupId><artifactId>${artifact}</artifactId><version>1</version>
  ${properties(java)}
  <dependencies>
${dependencies(coordinates)}
  </dependencies>
  ${more}
</project>
`.replaceAll('@id@', artifact);
}

/** A pom of several modules; what it depends on, its modules inherit. */
export function parentPom(java: number, modules: readonly string[], coordinates: readonly string[] = []): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>@id@</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging>
  <modules>${modules.map((module) => `<module>${module}</module>`).join('')}</modules>
  ${properties(java)}
  <dependencies>
${dependencies(coordinates)}
  </dependencies>
  ${plugins}</build>
</project>
`;
}

/** A module of `parentPom`. `needs` are siblings. */
export function modulePom(artifact: string, coordinates: readonly string[], needs: readonly string[] = []): string {
  const siblings = needs.map(
    (name) =>
      `    <dependency><groupId>@id@</groupId><artifactId>${name}</artifactId><version>1</version></dependency>\n`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>@id@</groupId><artifactId>parent</artifactId><version>1</version></parent>
  <artifactId>${artifact}</artifactId>
  <dependencies>
${siblings.join('')}${dependencies(coordinates)}
  </dependencies>
</project>
`;
}

/** The pom above all Maven cases: one run of Maven builds them all. */
export function aggregatorPom(modules: readonly string[]): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>matrix</groupId><artifactId>matrix</artifactId><version>1</version><packaging>pom</packaging>
<modules>${modules.map((module) => `<module>${module}</module>`).join('')}</modules></project>`;
}

export const pinnedPlugins = plugins;

function properties(java: number): string {
  const level =
    java < 9
      ? `<maven.compiler.source>1.${java}</maven.compiler.source><maven.compiler.target>1.${java}</maven.compiler.target>`
      : `<maven.compiler.release>${java}</maven.compiler.release>`;
  return `<properties>${level}<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>`;
}

function dependencies(coordinates: readonly string[]): string {
  return coordinates
    .map((text) => {
      const [group = '', artifact = '', version = ''] = text.split(':');
      return `    <dependency>\n      <groupId>${group}</groupId>\n      <artifactId>${artifact}</artifactId>\n      <version>${version}</version>\n      <scope>test</scope>\n    </dependency>`;
    })
    .join('\n');
}
