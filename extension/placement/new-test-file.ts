import type { CompilationUnit, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { fitMethod, type WrittenMethod } from './fit-method.ts';
import { importScope, type ScopeRequest } from './import-scope.ts';
import { indentUnitOf, reindent } from './indentation.ts';
import { type ImportLayout, importBlock } from './insert-imports.ts';
import { mostFrequent } from './most-frequent.ts';
import type { Placement } from './placement.ts';
import { type NewImport, resolveImports } from './resolve-imports.ts';
import { usedNamesOf } from './used-names.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

/** A new test file in the manner of its neighbours: their header comment, base class, visibility, import order and indentation. */
export function newTestFile(request: Omit<ScopeRequest, 'unit' | 'nesting'>, candidate: WrittenMethod): Placement {
  const { index, place, libraries, parser } = request;
  const neighbours = testsLike(index, request);
  const sibling = neighbours.find((file) => file.packageName === place.packageName) ?? neighbours[0];
  const siblingText = sibling === undefined ? '' : (index.read(sibling.path) ?? '');
  const base = baseClassOf(request, neighbours);
  const target = emptyClass(place.className, libraries.framework === 'junit3' ? 'TestCase' : (base?.typeName ?? ''));
  const unit: CompilationUnit = { package: place.packageName, packageEnd: 0, imports: [], types: [target] };
  const scope = importScope({ ...request, unit, nesting: [target] });
  const fitted = fitMethod(candidate, target, libraries.framework, new Set());
  const imports: NewImport[] = resolveImports(usedNamesOf(parser, fitted.source), scope);
  if (base !== null && base.packageName !== place.packageName)
    imports.push({ name: `${base.packageName}.${base.typeName}`, isStatic: false });
  if (libraries.framework === 'junit3') imports.push({ name: 'junit.framework.TestCase', isStatic: false });
  const isPublic =
    libraries.framework === 'junit4' ||
    libraries.framework === 'junit3' ||
    isMajority(neighbours, (file) => file.isPublic);
  const opening = /\b(?:class|enum|record)\s[^{]*\{\r?\n\r?\n/.test(siblingText) ? '{\n\n' : '{\n';
  const unitOfIndent =
    siblingText === '' ? indentUnitOf(request.index.read(request.focal.path) ?? '') : indentUnitOf(siblingText);
  const extendsClause = target.superclass === '' ? '' : ` extends ${target.superclass}`;
  const comment = mostFrequent(neighbours.map((file) => file.comment));
  const text = [
    comment !== null && comment.value !== '' && comment.count * 2 > neighbours.length ? `${comment.value}\n` : '',
    place.packageName === '' ? '' : `package ${place.packageName};\n\n`,
    imports.length === 0 ? '' : `${importBlock(imports, importLayoutOf(index, place.module))}\n\n`,
    `${isPublic ? 'public ' : ''}class ${place.className}${extendsClause} ${opening}`,
    `${reindent(fitted.source, unitOfIndent, unitOfIndent)}\n}\n`,
  ].join('');
  const native = siblingText.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
  return {
    file: place.file,
    isNewFile: true,
    module: place.module,
    binaryClassName: [place.packageName, place.className].filter((part) => part !== '').join('.'),
    method: fitted.name,
    libraries,
    test: { offset: 0, text: native },
    imports: [],
    text: native,
  };
}

/** Whether the workspace's tests put static imports first; they do where nothing tells. */
export function importLayoutOf(index: WorkspaceIndex, module: string): ImportLayout {
  const tests = index.files.filter((file) => file.isTest);
  const own = tests.filter((file) => file.module === module);
  const firsts = (files: readonly IndexedFile[]) =>
    files.flatMap(({ imports }) =>
      imports.some((one) => one.isStatic) && imports.some((one) => !one.isStatic) ? [imports[0]?.isStatic ?? true] : [],
    );
  const seen = mostFrequent(firsts(own)) ?? mostFrequent(firsts(tests));
  return { staticFirst: seen?.value ?? true };
}

function testsLike(index: WorkspaceIndex, { place, libraries }: Omit<ScopeRequest, 'unit' | 'nesting'>): IndexedFile[] {
  return index.files.filter(
    (file) => file.isTest && file.module === place.module && file.framework === libraries.framework,
  );
}

/** The base class of at least three tests and of more than half of the package's, else the module's, tests. */
function baseClassOf(
  { index, place }: Omit<ScopeRequest, 'unit' | 'nesting'>,
  neighbours: readonly IndexedFile[],
): IndexedFile | null {
  const inPackage = neighbours.filter((file) => file.packageName === place.packageName);
  for (const files of [inPackage, neighbours]) {
    const best = mostFrequent(files.map((file) => file.superclass));
    if (best === null || files.length < 3) continue;
    if (best.value === '' || best.count * 2 <= files.length) return null;
    return index.byTypeName.get(best.value)?.find((file) => file.isTest) ?? null;
  }
  return null;
}

function isMajority(files: readonly IndexedFile[], look: (file: IndexedFile) => boolean): boolean {
  return files.filter(look).length * 2 > files.length;
}

function emptyClass(name: string, superclass: string): TypeDeclaration {
  const nothing = { start: 0, end: 0, signatureStart: 0, bodyStart: 0, bodyEnd: 0 };
  return {
    kind: 'class',
    name,
    superclass,
    modifiers: [],
    annotations: [],
    typeParameters: [],
    interfaces: [],
    components: [],
    enumConstants: [],
    constructors: [],
    methods: [],
    fields: [],
    types: [],
    ...nothing,
  };
}
