import type { CompilationUnit, JavaImport } from '../../core/java/compilation-unit.ts';
import type { NewImport } from './resolve-imports.ts';

/** Text to put in at an offset of the unchanged file. */
export interface TextInsertion {
  readonly offset: number;
  readonly text: string;
}

/** How a new block of imports is laid out where the file has none of its kind. */
export interface ImportLayout {
  readonly staticFirst: boolean;
}

/** Puts new imports among the file's own: into the group that they resemble most, in the order that the group keeps. */
export function insertImports(
  source: string,
  unit: Pick<CompilationUnit, 'imports' | 'packageEnd'>,
  added: readonly NewImport[],
  { staticFirst }: ImportLayout,
): TextInsertion[] {
  const sorted = [...added].sort((one, other) => (one.name < other.name ? -1 : 1));
  const byOffset = new Map<number, string>();
  const put = (offset: number, text: string) => byOffset.set(offset, (byOffset.get(offset) ?? '') + text);
  for (const isStatic of [true, false]) {
    const own = sorted.filter((one) => one.isStatic === isStatic);
    if (own.length === 0) continue;
    const groups = groupsOf(
      source,
      unit.imports.filter((one) => one.isStatic === isStatic),
    );
    if (groups.length > 0) {
      for (const one of own) {
        const group = closestGroup(groups, one.name);
        const next = group.find((other) => other.name > one.name);
        if (next !== undefined) put(next.start, `${lineOf(one)}\n`);
        else put(endOfLine(source, group.at(-1)?.end ?? 0), `\n${lineOf(one)}`);
      }
      continue;
    }
    const block = own.map(lineOf).join('\n');
    const first = unit.imports[0];
    const last = unit.imports.at(-1);
    if (first === undefined || last === undefined)
      put(unit.packageEnd, unit.packageEnd === 0 ? `${block}\n\n` : `\n\n${block}`);
    else if (isStatic === staticFirst) put(first.start, `${block}\n\n`);
    else put(endOfLine(source, last.end), `\n\n${block}`);
  }
  return [...byOffset].map(([offset, text]) => ({ offset, text })).sort((one, other) => one.offset - other.offset);
}

/** The import block of a new file: static imports in a block of their own. */
export function importBlock(imports: readonly NewImport[], { staticFirst }: ImportLayout): string {
  const sorted = [...imports].sort((one, other) => (one.name < other.name ? -1 : 1));
  const block = (isStatic: boolean) =>
    sorted
      .filter((one) => one.isStatic === isStatic)
      .map(lineOf)
      .join('\n');
  return [block(staticFirst), block(!staticFirst)].filter((text) => text !== '').join('\n\n');
}

/** A comment behind an import stays with it. */
function endOfLine(source: string, offset: number): number {
  return offset + (/^[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)?/.exec(source.slice(offset))?.[0].trimEnd().length ?? 0);
}

/** Runs of imports without a blank line between. */
function groupsOf(source: string, imports: readonly JavaImport[]): JavaImport[][] {
  const groups: JavaImport[][] = [];
  let previous: JavaImport | undefined;
  for (const one of imports) {
    const between = previous === undefined ? '\n\n' : source.slice(previous.end, one.start);
    if ((between.match(/\n/g)?.length ?? 0) > 1) groups.push([one]);
    else groups.at(-1)?.push(one);
    previous = one;
  }
  return groups;
}

function closestGroup(groups: readonly JavaImport[][], name: string): readonly JavaImport[] {
  let best: { group: readonly JavaImport[]; shared: number } = { group: groups.at(-1) ?? [], shared: 0 };
  for (const group of groups) {
    const shared = Math.max(...group.map((one) => sharedSegments(one.name, name)));
    if (shared > best.shared) best = { group, shared };
  }
  return best.group;
}

function sharedSegments(one: string, other: string): number {
  const left = one.split('.');
  const right = other.split('.');
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  return shared;
}

function lineOf({ name, isStatic }: NewImport): string {
  return `import ${isStatic ? 'static ' : ''}${name};`;
}
