import type { CompilationUnit, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { type JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { syntaxErrorsOf } from '../../core/java/syntax-errors.ts';
import { frameworkOf } from '../../core/style/test-libraries.ts';
import { findTestClass, type TestClassPlace } from './find-test-class.ts';
import { fitMethod, type WrittenMethod } from './fit-method.ts';
import { importScope } from './import-scope.ts';
import { indentAt, indentUnitOf, reindent } from './indentation.ts';
import { insertImports, type TextInsertion } from './insert-imports.ts';
import { librariesOf } from './module-conventions.ts';
import { importLayoutOf, newTestFile } from './new-test-file.ts';
import { applyInsertions, type Placement, type PlacementRefusal } from './placement.ts';
import { resolveImports } from './resolve-imports.ts';
import { chooseTestClass, insertionAfterLastTest } from './target-class.ts';
import { usedNamesOf } from './used-names.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

export interface PlacementRequest {
  /** Path of the focal class's file, relative to the workspace. */
  readonly focalFile: string;
  readonly focalMethod: string;
  /** One test method as the model wrote it. */
  readonly candidate: string;
  /** The test file that the focal file's mined pairs live in, if known. */
  readonly preferredTestFile?: string;
  /** Text of a test file as the editor holds it, by path; else it is read from the index. */
  readonly openFiles?: ReadonlyMap<string, string>;
}

/** Finds the place of a candidate and the edits that put it there. Nothing is written. */
export function placeTest(
  parser: JavaParser,
  index: WorkspaceIndex,
  request: PlacementRequest,
): Placement | PlacementRefusal {
  const focal = index.byPath.get(request.focalFile);
  if (focal === undefined) return { problem: `${request.focalFile} is not a Java file of this workspace.` };
  if (focal.isTest) return { problem: `${focal.typeName} is test code itself: generate tests for main classes.` };
  const place = findTestClass(index, focal, request.preferredTestFile);
  const other = index.otherTests.find((one) => one.typeName === place.className && one.module === place.module);
  if (!place.exists && other !== undefined)
    return {
      problem: `The tests of ${focal.typeName} are in ${other.path}, which is not Java: Bespoke writes Java tests only, so write this one by hand.`,
    };
  const candidate = readMethod(parser, request.candidate);
  if ('problem' in candidate) return candidate;
  const open = request.openFiles?.get(place.file);
  const source = open ?? (place.exists ? index.read(place.file) : null);
  const libraries = librariesOf(index, place.module);
  const scopeRequest = { parser, index, focal, place, libraries };
  if (source === null || source.trim() === '') return newTestFile(scopeRequest, candidate);
  return withJavaTree(parser, source, (tree) => {
    const error = syntaxErrorsOf(tree, 1)[0];
    if (error !== undefined) {
      const line = source.slice(0, error.start).split('\n').length;
      return { problem: `${place.file} has a syntax error in line ${line}: mend it, then generate the test again.` };
    }
    const unit = readCompilationUnit(tree);
    const nesting = chooseTestClass(source, unit, place.className, request.focalMethod);
    if (nesting === null) return { problem: `${place.file} declares no class that can hold a test.` };
    const ownLibraries = { ...libraries, framework: frameworkOf(unit.imports) ?? libraries.framework };
    return insertTest({ ...scopeRequest, libraries: ownLibraries }, source, unit, nesting, candidate);
  });
}

type ScopeRequest = Omit<Parameters<typeof importScope>[0], 'unit' | 'nesting'> & { readonly place: TestClassPlace };

function insertTest(
  request: ScopeRequest,
  source: string,
  unit: CompilationUnit,
  nesting: readonly TypeDeclaration[],
  candidate: WrittenMethod,
): Placement | PlacementRefusal {
  const target = nesting.at(-1);
  if (target === undefined) return { problem: 'The test class disappeared.' };
  const scope = importScope({ ...request, unit, nesting });
  const fitted = fitMethod(candidate, target, request.libraries.framework, scope.declaredMethods);
  const imports = insertImports(
    source,
    unit,
    resolveImports(usedNamesOf(request.parser, fitted.source), scope),
    importLayoutOf(request.index, request.place.module),
  );
  const unitOfIndent = indentUnitOf(source);
  const member = target.methods[0] ?? target.fields[0] ?? target.constructors[0];
  const indent = member === undefined ? indentAt(source, target.start) + unitOfIndent : indentAt(source, member.start);
  const test = insertionAfterLastTest(source, target, reindent(fitted.source, indent, unitOfIndent));
  const newline = source.includes('\r\n') ? '\r\n' : '\n';
  const native = (insertion: TextInsertion) => ({ ...insertion, text: insertion.text.replaceAll('\n', newline) });
  const insertions = { test: native(test), imports: imports.map(native) };
  return {
    file: request.place.file,
    isNewFile: false,
    module: request.place.module,
    binaryClassName: [unit.package, nesting.map((type) => type.name).join('$')].filter((part) => part !== '').join('.'),
    method: fitted.name,
    libraries: request.libraries,
    ...insertions,
    text: applyInsertions(source, [...insertions.imports, insertions.test]),
  };
}

function readMethod(parser: JavaParser, candidate: string): WrittenMethod | PlacementRefusal {
  const before = 'class C {\n';
  return withJavaTree(parser, `${before}${candidate}\n}`, (tree) => {
    const type = readCompilationUnit(tree).types[0];
    const method = type?.methods[0];
    if (tree.hasErrors || type?.methods.length !== 1 || method === undefined)
      return { problem: 'The text is not exactly one Java method.' };
    return { declaration: method, source: candidate, offset: before.length };
  });
}
