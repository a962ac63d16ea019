/**
 * The pom of a published library, changed so that it builds what its source artifacts hold: with the folders that these are laid out
 * in, with dependencies added, and without checks of the library's own house (licence headers, sorted poms, Maven
 * versions), which say nothing about a test.
 */
export function buildablePom(pom: string, added: readonly string[]): string {
  const dependencies = added.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    const inside = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
    return `<dependency>${inside}</dependency>`;
  });
  const folders = ['sourceDirectory', 'testSourceDirectory'].map((name, at) => [name, SOURCE_FOLDERS[at]] as const);
  const skips = CHECKS.map((name) => [name, 'true'] as const);
  return insert(
    insert(insert(pom, 'properties', elements(skips)), 'dependencies', dependencies.join('')),
    'build',
    pom.includes('<sourceDirectory>') ? '' : elements(folders),
  );
}

const SOURCE_FOLDERS = ['src/main/java', 'src/test/java'];

/** Properties that switch checks off; those of plugins that a library does not use do nothing. */
const CHECKS = ['rat.skip', 'enforcer.skip', 'sort.skip', 'checkstyle.skip', 'basepom.check.skip-all'];

const elements = (values: readonly (readonly [string, string | undefined])[]) =>
  values.map(([name, value]) => `<${name}>${value}</${name}>`).join('');

/** Puts text first into the element of that name right below the root, which is made when it is not there. */
function insert(pom: string, name: string, text: string): string {
  if (text === '') return pom;
  let depth = 0;
  for (const tag of pom.matchAll(TAG)) {
    const { closes, name: found, isEmpty } = tag.groups ?? {};
    if (found === undefined) continue;
    if (depth === 1 && found === name && closes === '' && isEmpty === '') {
      const at = tag.index + tag[0].length;
      return pom.slice(0, at) + text + pom.slice(at);
    }
    if (closes === '/') depth--;
    else if (isEmpty === '') depth++;
  }
  return pom.replace(/<\/project>\s*$/, `<${name}>${text}</${name}>\n</project>\n`);
}

/** A comment, a processing instruction, character data, or a tag with its name. */
const TAG =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<(?<closes>\/?)(?<name>[\w.-]+)[^>]*?(?<isEmpty>\/?)>/g;
