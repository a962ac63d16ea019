import { posix } from 'node:path';

/** `group:artifact:version` that a module's pom and those above it name for it, nearest first; the version only where it can be found. */
export function readMavenDependencies(poms: readonly string[]): readonly string[] {
  const texts = poms.map((pom) => pom.replaceAll(/<!--[\s\S]*?-->/g, ''));
  const properties = new Map<string, string>();
  for (const text of texts.toReversed()) {
    for (const [, name = '', value = ''] of text.matchAll(/<([\w.-]+)>\s*([^<\s]+)\s*<\/\1>/g))
      properties.set(name, value);
  }
  const managed = texts.flatMap((text) =>
    [...text.matchAll(/<dependencyManagement>[\s\S]*?<\/dependencyManagement>/g)].flatMap((match) =>
      dependenciesIn(match[0]),
    ),
  );
  const declared = texts.flatMap((text) =>
    dependenciesIn(text.replaceAll(/<(dependencyManagement|build|profiles)>[\s\S]*?<\/\1>/g, '')),
  );
  return declared.map(({ group, artifact, version }) => {
    const known = version ?? managed.find((one) => one.group === group && one.artifact === artifact)?.version ?? '';
    return `${group}:${artifact}:${known.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => properties.get(name) ?? whole)}`;
  });
}

/** The folder of the unit tests where the pom sets one, relative to the module; else `null`. */
export function mavenTestFolder(pom: string): string | null {
  return (
    /<testSourceDirectory>\s*(?:\$\{(?:project\.)?basedir\}\/)?([^<$]+?)\s*<\/testSourceDirectory>/.exec(pom)?.[1] ??
    null
  );
}

/** The poms that a module inherits from, its own first, as far as the workspace holds them. `read` gives `null` for a file that is not there. */
export function pomsOf(read: (path: string) => string | null, module: string): string[] {
  const poms: string[] = [];
  const seen = new Set<string>();
  for (let path: string | null = inFolder(module, 'pom.xml'); path !== null && !seen.has(path); ) {
    seen.add(path);
    const pom = read(path);
    if (pom === null) break;
    poms.push(pom);
    path = parentPath(pom, path);
  }
  return poms;
}

/** Where the parent of a pom is: the folder above unless it says otherwise; `null` where it has none in the workspace. */
function parentPath(pom: string, path: string): string | null {
  const parent = /<parent>([\s\S]*?)<\/parent>/.exec(pom)?.[1];
  if (parent === undefined || /<relativePath\s*\/>|<relativePath>\s*<\/relativePath>/.test(parent)) return null;
  const relative = /<relativePath>\s*([^<]+?)\s*<\/relativePath>/.exec(parent)?.[1] ?? '../pom.xml';
  const file = posix.join(posix.dirname(path), relative.endsWith('.xml') ? relative : `${relative}/pom.xml`);
  return file.startsWith('..') ? null : file;
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

interface Dependency {
  readonly group: string;
  readonly artifact: string;
  readonly version: string | undefined;
}

function dependenciesIn(text: string): Dependency[] {
  return [...text.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].map(([, content = '']) => {
    const own = content.replaceAll(/<exclusions>[\s\S]*?<\/exclusions>/g, '');
    const element = (name: string) => new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(own)?.[1];
    return { group: element('groupId') ?? '', artifact: element('artifactId') ?? '', version: element('version') };
  });
}
