import type { HeaderImport } from '../../core/style/java-header.ts';
import { isJavaLang, jdkType, knownStatic, packageHas, staticOnDemandHas, testLibraryType } from './known-imports.ts';
import { mostFrequent } from './most-frequent.ts';
import type { TestLibraries } from './test-libraries.ts';
import type { UsedNames } from './used-names.ts';
import type { IndexedFile, WorkspaceIndex } from './workspace-index.ts';

/** What the test file offers already, and where its names may come from. */
export interface ImportScope {
  readonly index: WorkspaceIndex;
  /** The test file's. */
  readonly module: string;
  readonly packageName: string;
  readonly imports: readonly HeaderImport[];
  readonly libraries: TestLibraries;
  readonly focal: IndexedFile;
  /** Types declared in the test file, and nested types that its superclasses hand down. */
  readonly declaredTypes: ReadonlySet<string>;
  /** Methods that the test class, the classes around it and its superclasses declare. */
  readonly declaredMethods: ReadonlySet<string>;
  readonly declaredFields: ReadonlySet<string>;
  /** Types nested in the focal file, by simple name: qualified name. */
  readonly focalNestedTypes: ReadonlyMap<string, string>;
}

export interface NewImport {
  readonly name: string;
  readonly isStatic: boolean;
}

/**
 * The imports that the names of a candidate need and the file lacks. The team's own habit decides first: what its tests import under the
 * same test framework; then what the focal file imports, the workspace's own types, the module's test libraries, and the JDK. A name that
 * nothing explains gets no import: the compiler will say so.
 */
export function resolveImports(names: UsedNames, scope: ImportScope): NewImport[] {
  const found: NewImport[] = [];
  for (const type of names.types) {
    const name = needsTypeImport(type, scope) ? resolveType(type, scope) : null;
    if (name !== null && packageOf(name) !== scope.packageName && packageOf(name) !== 'java.lang')
      found.push({ name, isStatic: false });
  }
  const members = [
    ...[...names.methods].filter((method) => !scope.declaredMethods.has(method)),
    ...[...names.constants].filter((constant) => !scope.declaredFields.has(constant)),
  ];
  for (const member of members) {
    const name = hasStatic(member, scope) ? null : resolveStatic(member, scope);
    if (name !== null) found.push({ name, isStatic: true });
  }
  return found;
}

function needsTypeImport(type: string, { imports, declaredTypes, index, packageName }: ImportScope): boolean {
  if (declaredTypes.has(type)) return false;
  if (imports.some((one) => !one.isStatic && !one.isOnDemand && one.name.endsWith(`.${type}`))) return false;
  const ofWorkspace = index.byTypeName.get(type) ?? [];
  if (ofWorkspace.some((file) => file.packageName === packageName)) return false;
  if (isJavaLang(type)) return false;
  return !imports.some(
    (one) =>
      one.isOnDemand &&
      !one.isStatic &&
      (packageHas(one.name, type) || ofWorkspace.some((file) => file.packageName === one.name)),
  );
}

function resolveType(type: string, scope: ImportScope): string | null {
  const { index, focal, libraries, module } = scope;
  if (type === focal.typeName) return qualified(focal);
  const nested = scope.focalNestedTypes.get(type);
  if (nested !== undefined) return nested;
  const named = (files: readonly IndexedFile[]) =>
    mostFrequent(
      files.flatMap((file) =>
        file.imports.flatMap((one) =>
          !one.isStatic && !one.isOnDemand && one.name.endsWith(`.${type}`) ? [one.name] : [],
        ),
      ),
    )?.value ?? null;
  const tests = testsOfSameFramework(scope);
  const own = index.byTypeName.get(type) ?? [];
  return (
    named(tests.filter((file) => file.module === module)) ??
    named([focal]) ??
    testLibraryType(type, libraries) ??
    closestOf(own, scope) ??
    named(tests) ??
    named(index.files.filter((file) => !file.isTest)) ??
    jdkType(type)
  );
}

/** A type of the workspace itself: only when its package is visible from the module is an import worth trying. */
function closestOf(files: readonly IndexedFile[], { module, focal }: ImportScope): string | null {
  const best =
    files.find((file) => file.module === module && file.packageName === focal.packageName) ??
    files.find((file) => file.module === module) ??
    files.find((file) => file.module === focal.module) ??
    files.find((file) => !file.isTest);
  return best === undefined ? null : qualified(best);
}

function hasStatic(member: string, { imports }: ImportScope): boolean {
  return imports.some(
    (one) => one.isStatic && (one.isOnDemand ? staticOnDemandHas(one.name, member) : one.name.endsWith(`.${member}`)),
  );
}

function resolveStatic(member: string, scope: ImportScope): string | null {
  const tests = testsOfSameFramework(scope);
  const named = (files: readonly IndexedFile[]) =>
    mostFrequent(
      files.flatMap((file) =>
        file.imports.flatMap((one) =>
          one.isStatic && !one.isOnDemand && one.name.endsWith(`.${member}`) ? [one.name] : [],
        ),
      ),
    )?.value ?? null;
  return (
    named(tests.filter((file) => file.module === scope.module)) ??
    habitualOwner(member, scope) ??
    knownStatic(member, scope.libraries) ??
    // Another module's habit, but not its assertion library.
    (/^(assert|assume|fail$|verify$|mock$|when$|given$)/.test(member) ? null : named(tests)) ??
    fixtureOf(member, scope)
  );
}

/** Of a class whose static members the file or the module's tests import already: `CoreMatchers` where they use that and not `Matchers`. */
function habitualOwner(member: string, { index, module, imports, libraries }: ImportScope): string | null {
  const tests = index.files.filter(
    (file) => file.isTest && file.module === module && file.framework === libraries.framework,
  );
  const owners = [...imports, ...tests.flatMap((file) => file.imports)].flatMap(({ name, isStatic, isOnDemand }) =>
    isStatic ? [isOnDemand ? name : packageOf(name)] : [],
  );
  const owner = mostFrequent(owners.filter((one) => staticOnDemandHas(one, member)))?.value;
  return owner === undefined ? null : `${owner}.${member}`;
}

/** A static method or constant of the module's own test code, for instance of its `Fixtures`, that no test has imported yet. */
function fixtureOf(member: string, { index, module }: ImportScope): string | null {
  const declaration = new RegExp(
    `^(?!\\s*private)[^\\n;={}]*\\bstatic\\b[^\\n;=(){}]*\\s${member.replaceAll('$', '\\$')}\\s*[(=]`,
    'm',
  );
  const file = index.files.find(
    (one) => one.isTest && one.module === module && declaration.test(index.read(one.path) ?? ''),
  );
  return file === undefined ? null : `${qualified(file)}.${member}`;
}

function testsOfSameFramework({ index, libraries }: ImportScope): IndexedFile[] {
  return index.files.filter((file) => file.isTest && (file.framework ?? libraries.framework) === libraries.framework);
}

function qualified(file: IndexedFile): string {
  return file.packageName === '' ? file.typeName : `${file.packageName}.${file.typeName}`;
}

function packageOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
