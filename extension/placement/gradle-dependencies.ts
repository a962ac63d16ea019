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

/** Finds the files of a Gradle module. `read` knows paths like `core/build.gradle`, `null` for a file that is not there. */
export function gradleFilesOf(read: (path: string) => string | null, root: string, module: string): GradleFiles {
  const at = (dir: string, name: string) => read(dir === '' ? name : `${dir}/${name}`) || '';
  const build = (dir: string) => at(dir, 'build.gradle') || at(dir, 'build.gradle.kts');
  return {
    build: build(module),
    rootBuild: build(root),
    properties: at(root, 'gradle.properties'),
    catalog: at(root, 'gradle/libs.versions.toml'),
  };
}

/** Of the main code and of every kind of tests, in the words of old and new Gradle. */
const configurations =
  /^(?:(?:\w*(?:[tT]est|integration|functional|acceptance|e2e|spec)\w*|it)?(?:Implementation|Api|Compile|CompileOnly|RuntimeOnly|Runtime|AnnotationProcessor)|implementation|api|compile|compileOnly|runtimeOnly|runtime|annotationProcessor)$/;

/** Reads the dependencies that Groovy and Kotlin build files usually declare: strings, maps, platforms, projects, version catalogs, suites. */
export function readGradleDependencies(files: GradleFiles): GradleDependencies {
  const build = withoutComments(files.build);
  const root = withoutComments(files.rootBuild);
  const shared = build === root ? '' : blocksOf(root, /\b(?:subprojects|allprojects)\s*\{/g).join('\n');
  const catalog = catalogOf(files.catalog);
  const names: Names = { variables: variablesOf([files.properties, root, build]), catalog };
  const found: Found = { coordinates: [], platforms: [], projects: [], unread: [] };
  for (const text of [shared, withoutBlocks(build, /\bbuildscript\s*\{/g)]) {
    for (const block of blocksOf(text, /(?<![\w.])dependencies\s*\{/g)) {
      for (const statement of statementsOf(block)) readDeclaration(statement, names, found);
    }
    for (const block of blocksOf(text, /(?<![\w.])suites\s*\{/g))
      found.coordinates.push(...suiteFrameworks(block, names));
  }
  return found;
}

/** The folder of the unit tests where the build file sets one, relative to the module; else `null`. */
export function gradleTestFolder(build: string): string | null {
  for (const sets of blocksOf(withoutComments(build), /(?<![\w.])sourceSets\s*\{/g)) {
    const [test = ''] = blocksOf(sets, /(?<!\w)(?:test|(?:named|getByName)\("test"\))\s*\{/g);
    const folder = /\bsrcDirs?\b[^"'\n]*["']([^"']+)["']/i.exec(test)?.[1];
    if (folder !== undefined) return folder;
  }
  return null;
}

/** Java language level that the build files name, or `null`. */
export function gradleRelease(files: GradleFiles): number | null {
  const text = withoutComments(`${files.build}\n${files.rootBuild}`);
  const match =
    /(?:JavaLanguageVersion\.of|jvmToolchain)\(\s*["']?(\d+)/.exec(text) ??
    /\brelease(?:\.set\(|\s*=)\s*(\d+)/.exec(text) ??
    /sourceCompatibility\s*=?\s*(?:JavaVersion\.(?:VERSION_|toVersion\(["']?))?["']?(?:1[._])?(\d+)/.exec(text);
  return match === null ? null : Number(match[1]);
}

type Found = { coordinates: string[]; platforms: string[]; projects: string[]; unread: string[] };

/** What a declaration may refer to. */
interface Names {
  readonly variables: ReadonlyMap<string, string>;
  readonly catalog: Catalog;
}

/** One declaration each: a line, or several where a bracket is open or a comma stands at the end. */
function statementsOf(block: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const line of block.split('\n')) {
    open = `${open} ${line.trim()}`.trim();
    const depth = (open.match(/[([]/g)?.length ?? 0) - (open.match(/[)\]]/g)?.length ?? 0);
    if (open === '' || depth > 0 || open.endsWith(',')) continue;
    statements.push(open);
    open = '';
  }
  return open === '' ? statements : [...statements, open];
}

function readDeclaration(statement: string, names: Names, found: Found): void {
  const [, configuration = '', rest = ''] =
    /^(?:add\()?["']?(\w+)["']?\s*[(, ]\s*(.+?)\)?(?:\s+\{.*)?$/.exec(statement.replace(/\)\s*\{.*$/, ')')) ?? [];
  if (!configurations.test(configuration)) return;
  const project = /project\s*\(\s*(?:path\s*[:=]\s*)?["']([^"']+)["']/.exec(rest);
  if (project?.[1] !== undefined) {
    found.projects.push(project[1]);
    return;
  }
  const into = /^(?:enforcedP|p)latform\b/.test(rest) ? found.platforms : found.coordinates;
  const coordinates = namedCoordinates(rest, names);
  if (coordinates.length === 0 || coordinates.some((one) => one === null || one.includes('$')))
    found.unread.push(statement);
  into.push(
    ...coordinates.filter((one) => one !== null && !one.includes('$')).map((one) => (one ?? '').replace(/@\w+$/, '')),
  );
}

/** All that a declaration names, because one may name several libraries; `null` for what could not be found. */
function namedCoordinates(rest: string, { variables, catalog }: Names): readonly (string | null)[] {
  const named = (key: string) => new RegExp(`\\b${key}\\s*[:=]\\s*["']([^"']+)["']`).exec(rest)?.[1];
  const group = named('group');
  if (group !== undefined)
    return [interpolate([group, named('name'), named('version') ?? ''].join(':'), variables, catalog)];
  const texts = [...rest.matchAll(/["']([^"'\s]+:[^"']+)["']/g)].map((match) =>
    interpolate(match[1] ?? '', variables, catalog),
  );
  const outside = rest.replaceAll(/["'][^"']*["']/g, '');
  const aliases = [...outside.matchAll(/\blibs\.([\w.]+)/g)].flatMap<string | null>(
    (match) => catalog.libraries.get((match[1] ?? '').replaceAll('.', '-')) ?? [null],
  );
  return [...texts, ...aliases];
}

/** What Gradle takes where a suite names no version. */
const suiteDefaults = {
  useJUnitJupiter: ['org.junit.jupiter:junit-jupiter', '5.8.2'],
  useJUnit: ['junit:junit', '4.13.2'],
  useTestNG: ['org.testng:testng', '7.5.1'],
} as const;

/** The frameworks of `testing { suites { … } }`. */
function suiteFrameworks(suites: string, { variables, catalog }: Names): string[] {
  return Object.entries(suiteDefaults).flatMap(([method, [library, version]]) => {
    const given = new RegExp(
      `\\b${method}\\s*\\(\\s*(?:["']([^"']*)["']|libs\\.versions\\.([\\w.]+?)(?:\\.get\\(\\))?)?\\s*\\)`,
    ).exec(suites);
    if (given === null) return [];
    const named = given[1] ?? catalog.versions.get((given[2] ?? '').replaceAll('.', '-')) ?? version;
    return [`${library}:${interpolate(named, variables, catalog)}`];
  });
}

interface Catalog {
  /** By alias with `-`; a bundle has several. */
  readonly libraries: ReadonlyMap<string, readonly string[]>;
  readonly versions: ReadonlyMap<string, string>;
}

/** Libraries and bundles of a version catalog, by alias with `-`. */
function catalogOf(text: string): Catalog {
  const sections = new Map<string, string>();
  for (const section of text.split(/^(?=\[\w+\])/m)) sections.set(/^\[(\w+)\]/.exec(section)?.[1] ?? '', section);
  const aliasOf = (name: string) => name.replaceAll(/[._]/g, '-');
  const versions = new Map<string, string>();
  for (const [, name = '', value = ''] of (sections.get('versions') ?? '').matchAll(/^([\w.-]+)\s*=\s*(.+)$/gm)) {
    const version = /^"([^"]+)"/.exec(value)?.[1] ?? /\b(?:prefer|require|strictly)\s*=\s*"([^"]+)"/.exec(value)?.[1];
    if (version !== undefined) versions.set(aliasOf(name), version);
  }
  const catalog = new Map<string, readonly string[]>();
  for (const [, name = '', value = ''] of (sections.get('libraries') ?? '').matchAll(/^([\w.-]+)\s*=\s*(.+)$/gm)) {
    const field = (key: string) => new RegExp(`(?<![\\w.])${key}\\s*=\\s*"([^"]+)"`).exec(value)?.[1];
    const module = field('module') ?? (field('group') === undefined ? undefined : `${field('group')}:${field('name')}`);
    const version = field('version') ?? versions.get(aliasOf(field('version\\.ref') ?? '')) ?? '';
    catalog.set(aliasOf(name), [module === undefined ? (/^"([^"]+)"/.exec(value)?.[1] ?? '') : `${module}:${version}`]);
  }
  for (const [, name = '', value = ''] of (sections.get('bundles') ?? '').matchAll(/^([\w.-]+)\s*=\s*\[([^\]]*)\]/gm)) {
    const members = [...value.matchAll(/"([^"]+)"/g)].flatMap((match) => catalog.get(aliasOf(match[1] ?? '')) ?? []);
    catalog.set(`bundles-${aliasOf(name)}`, members);
  }
  return { libraries: catalog, versions };
}

function variablesOf(texts: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const text of texts) {
    // Of a map of versions.
    for (const [, name = '', value = ''] of text.matchAll(/(\w+)\s*:\s*["'](\d[^"'\n]*)["']/g))
      variables.set(name, value);
    for (const [, name = '', value = ''] of text.matchAll(/(?:^|[\s.])(\w+)\s*=\s*["']([^"'\n]+)["']/gm))
      variables.set(name, value);
    for (const [, name = '', value = ''] of text.matchAll(/^(\w+)=([^"'\n]+)$/gm)) variables.set(name, value.trim());
    for (const [, name = '', value = ''] of text.matchAll(/extra\["(\w+)"\]\s*=\s*"([^"\n]+)"/g))
      variables.set(name, value);
  }
  return variables;
}

function interpolate(text: string, variables: ReadonlyMap<string, string>, { versions }: Catalog): string {
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|(\w+))/g,
    (whole, inBraces: string | undefined, bare: string | undefined) => {
      const ofCatalog = /\blibs\.versions\.([\w.]+?)(?:\.get\(\))?$/.exec(inBraces ?? '')?.[1];
      if (ofCatalog !== undefined) return versions.get(ofCatalog.replaceAll('.', '-')) ?? whole;
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
