import type { CompilationUnit, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { type JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import type { TestClassPlace } from './find-test-class.ts';
import type { ImportScope } from './resolve-imports.ts';
import type { TestLibraries } from './test-libraries.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

export interface ScopeRequest {
  readonly parser: JavaParser;
  readonly index: WorkspaceIndex;
  readonly focal: IndexedFile;
  readonly place: TestClassPlace;
  readonly libraries: TestLibraries;
  readonly unit: CompilationUnit;
  /** The test class with the classes around it. */
  readonly nesting: readonly TypeDeclaration[];
}

/** Everything that is in scope where the candidate lands. */
export function importScope(request: ScopeRequest): ImportScope {
  const { parser, index, focal, place, libraries, unit, nesting } = request;
  const declaredTypes = new Set(unit.types.map((type) => type.name));
  const declaredMethods = new Set<string>();
  const declaredFields = new Set<string>();
  for (const type of [
    ...nesting,
    ...nesting.flatMap((one) =>
      superclassesOf(
        parser,
        index,
        one,
        unit.package,
        unit.imports.map(({ name }) => name),
      ),
    ),
  ]) {
    for (const method of type.methods) declaredMethods.add(method.name);
    for (const field of type.fields) for (const name of field.names) declaredFields.add(name);
    for (const inner of type.types) declaredTypes.add(inner.name);
    // JUnit 3 hands its assertions down; they need no import.
    if (/(^|\.)TestCase$/.test(type.superclass)) for (const name of junit3Methods) declaredMethods.add(name);
  }
  return {
    index,
    module: place.module,
    packageName: place.packageName,
    imports: unit.imports,
    libraries,
    declaredTypes,
    declaredMethods,
    declaredFields,
    focal,
    focalNestedTypes: nestedTypesOf(parser, index, focal),
  };
}

const junit3Methods =
  'assertEquals assertFalse assertNotNull assertNotSame assertNull assertSame assertTrue fail'.split(' ');
const deepestChain = 8;

/** The chain of superclasses that the workspace itself declares. */
function superclassesOf(
  parser: JavaParser,
  index: WorkspaceIndex,
  type: TypeDeclaration,
  packageName: string,
  imports: readonly string[],
): TypeDeclaration[] {
  const chain: TypeDeclaration[] = [];
  let current: { type: TypeDeclaration; packageName: string; imports: readonly string[] } = {
    type,
    packageName,
    imports,
  };
  while (chain.length < deepestChain) {
    const name = current.type.superclass.replace(/<.*$/s, '').split('.').at(-1)?.trim() ?? '';
    const candidates = name === '' ? [] : (index.byTypeName.get(name) ?? []);
    const file =
      candidates.find((one) => current.imports.includes(`${one.packageName}.${name}`)) ??
      candidates.find((one) => one.packageName === current.packageName);
    const source = file === undefined ? null : index.read(file.path);
    if (file === undefined || source === null) return chain;
    const unit = withJavaTree(parser, source, readCompilationUnit);
    const found = unit.types.find((one) => one.name === name);
    if (found === undefined) return chain;
    chain.push(found);
    current = { type: found, packageName: unit.package, imports: unit.imports.map((one) => one.name) };
  }
  return chain;
}

function nestedTypesOf(parser: JavaParser, index: WorkspaceIndex, focal: IndexedFile): Map<string, string> {
  const source = index.read(focal.path);
  if (source === null) return new Map();
  const unit = withJavaTree(parser, source, readCompilationUnit);
  const outer = unit.types.find((type) => type.name === focal.typeName);
  const prefix = unit.package === '' ? '' : `${unit.package}.`;
  return new Map(outer?.types.map((inner) => [inner.name, `${prefix}${outer.name}.${inner.name}`]) ?? []);
}
