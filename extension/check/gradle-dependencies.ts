/** What a Gradle build names for a module's tests, as far as its files tell without running it. */
export interface GradleDependencies {
  /** `group:artifact:version`, without the version where a platform sets it. */
  readonly coordinates: readonly string[];
  /** Bills of materials. */
  readonly platforms: readonly string[];
  /** Paths of sibling projects, for instance `:core`. */
  readonly projects: readonly string[];
  /** Declarations that could not be understood. */
  readonly unread: readonly string[];
}

export interface GradleFiles {
  /** Text of the module's build file. */
  readonly build: string;
  /** Text of the root's build file; the same for the root itself. */
  readonly rootBuild: string;
  /** Text of `gradle.properties`, or empty. */
  readonly properties: string;
  /** Text of `gradle/libs.versions.toml`, or empty. */
  readonly catalog: string;
}

const configurations =
  /^(?:(?:test)?(?:Implementation|Api|Compile|CompileOnly|RuntimeOnly|Runtime|AnnotationProcessor)|implementation|api|compile|compileOnly|runtimeOnly|runtime|annotationProcessor)$/;

/** Reads the dependencies that Groovy and Kotlin build files usually declare: strings, maps, platforms, projects, and version catalogs. */
export function readGradleDependencies(files: GradleFiles): GradleDependencies {
  const build = withoutComments(files.build);
  const root = withoutComments(files.rootBuild);
  const shared = build === root ? '' : blocksOf(root, /\b(?:subprojects|allprojects)\s*\{/g).join('\n');
  const variables = variablesOf([files.properties, root, build]);
  const catalog = catalogOf(files.catalog);
  const found = {
    coordinates: [] as string[],
    platforms: [] as string[],
    projects: [] as string[],
    unread: [] as string[],
  };
  for (const text of [shared, withoutBlocks(build, /\bbuildscript\s*\{/g)]) {
    for (const block of blocksOf(text, /(?<![\w.])dependencies\s*\{/g)) {
      for (const line of block.split('\n')) readDeclaration(line.trim(), variables, catalog, found);
    }
  }
  return found;
}

/** Java language level that the build files name, or `null`. */
export function gradleRelease(files: GradleFiles): number | null {
  const text = withoutComments(`${files.build}\n${files.rootBuild}`);
  const match =
    /JavaLanguageVersion\.of\(\s*["']?(\d+)/.exec(text) ??
    /\brelease(?:\.set\(|\s*=)\s*(\d+)/.exec(text) ??
    /sourceCompatibility\s*=?\s*(?:JavaVersion\.(?:VERSION_|toVersion\(["']?))?["']?(?:1[._])?(\d+)/.exec(text);
  return match === null ? null : Number(match[1]);
}

type Found = { coordinates: string[]; platforms: string[]; projects: string[]; unread: string[] };

function readDeclaration(line: string, variables: ReadonlyMap<string, string>, catalog: Catalog, found: Found): void {
  const match = /^(\w+)\s*[( ]\s*(.+?)\)?(?:\s+\{.*)?$/.exec(line);
  const [, configuration = '', rest = ''] = match ?? [];
  if (!configurations.test(configuration)) return;
  const project = /project\s*\(\s*(?:path\s*[:=]\s*)?["']([^"']+)["']/.exec(rest);
  if (project?.[1] !== undefined) {
    found.projects.push(project[1]);
    return;
  }
  const into = /^(?:enforcedP|p)latform\b/.test(rest) ? found.platforms : found.coordinates;
  const alias = /\blibs\.([\w.]+)/.exec(rest)?.[1];
  if (alias !== undefined) {
    const coordinates = catalog.get(alias.replaceAll(/[.]/g, '-'));
    if (coordinates === undefined) found.unread.push(line);
    else into.push(...coordinates);
    return;
  }
  const named = (key: string) => new RegExp(`\\b${key}\\s*[:=]\\s*["']([^"']+)["']`).exec(rest)?.[1];
  const text =
    named('group') === undefined
      ? /["']([^"']+:[^"']+)["']/.exec(rest)?.[1]
      : [named('group'), named('name'), named('version') ?? ''].join(':');
  const coordinate = text === undefined ? undefined : interpolate(text, variables);
  if (coordinate === undefined || coordinate.includes('$')) found.unread.push(line);
  else into.push(coordinate.replace(/@\w+$/, ''));
}

type Catalog = ReadonlyMap<string, readonly string[]>;

/** Libraries and bundles of a version catalog, by alias with `-`. */
function catalogOf(text: string): Catalog {
  const sections = new Map<string, string>();
  for (const section of text.split(/^(?=\[\w+\])/m)) sections.set(/^\[(\w+)\]/.exec(section)?.[1] ?? '', section);
  const versions = new Map(
    [...(sections.get('versions') ?? '').matchAll(/^([\w.-]+)\s*=\s*"([^"]+)"/gm)].map((match) => [match[1], match[2]]),
  );
  const catalog = new Map<string, readonly string[]>();
  const aliasOf = (name: string) => name.replaceAll(/[._]/g, '-');
  for (const [, name = '', value = ''] of (sections.get('libraries') ?? '').matchAll(/^([\w.-]+)\s*=\s*(.+)$/gm)) {
    const field = (key: string) => new RegExp(`(?<![\\w.])${key}\\s*=\\s*"([^"]+)"`).exec(value)?.[1];
    const module = field('module') ?? (field('group') === undefined ? undefined : `${field('group')}:${field('name')}`);
    const version = field('version') ?? versions.get(field('version\\.ref') ?? '') ?? '';
    catalog.set(aliasOf(name), [module === undefined ? (/^"([^"]+)"/.exec(value)?.[1] ?? '') : `${module}:${version}`]);
  }
  for (const [, name = '', value = ''] of (sections.get('bundles') ?? '').matchAll(/^([\w.-]+)\s*=\s*\[([^\]]*)\]/gm)) {
    const members = [...value.matchAll(/"([^"]+)"/g)].flatMap((match) => catalog.get(aliasOf(match[1] ?? '')) ?? []);
    catalog.set(`bundles-${aliasOf(name)}`, members);
  }
  return catalog;
}

function variablesOf(texts: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const text of texts) {
    for (const [, name = '', value = ''] of text.matchAll(/(?:^|[\s.])(\w+)\s*=\s*["']([^"'\n]+)["']/gm))
      variables.set(name, value);
    for (const [, name = '', value = ''] of text.matchAll(/^(\w+)=([^"'\n]+)$/gm)) variables.set(name, value.trim());
    for (const [, name = '', value = ''] of text.matchAll(/extra\["(\w+)"\]\s*=\s*"([^"\n]+)"/g))
      variables.set(name, value);
  }
  return variables;
}

function interpolate(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|(\w+))/g,
    (whole, inBraces: string | undefined, bare: string | undefined) => {
      const name = /(\w+)\W*$/.exec(inBraces ?? bare ?? '')?.[1] ?? '';
      return variables.get(name) ?? whole;
    },
  );
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/[^\n]*/g, '$1');
}

/** What stands between the braces that each match opens. */
function blocksOf(text: string, opening: RegExp): string[] {
  return [...text.matchAll(opening)].map((match) => {
    const start = match.index + match[0].length;
    return text.slice(start, closingOf(text, start));
  });
}

function withoutBlocks(text: string, opening: RegExp): string {
  let rest = text;
  for (const block of blocksOf(text, opening)) rest = rest.replace(block, '');
  return rest;
}

/** Offset of the brace that closes the block that `start` is in. */
function closingOf(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
}
