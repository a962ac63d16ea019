import type { MethodDeclaration, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { Turns } from '../../core/mining/turns.ts';
import type { IndexedFile, WorkspaceIndex } from '../placement/workspace-index.ts';
import type { ReportUntestedMethod } from '../report/style-report-model.ts';

/** A method that has a test. */
export type TestedMethod = Pick<TestPair, 'focalFile' | 'focalClass' | 'focalMethod'>;

/**
 * The methods of the main code that a test could call and that no pair tests, by file and line. Only modules that have tests count: a
 * module without any is not meant to have them. Reads every file of the main code, so it lets others have their turn in between.
 */
export async function untestedMethods(
  index: WorkspaceIndex,
  testedBy: readonly TestedMethod[],
): Promise<ReportUntestedMethod[]> {
  const tested = testedMethods(testedBy);
  const testedModules = new Set(index.files.filter(({ isTest }) => isTest).map(({ module }) => module));
  const parser = await JavaParser.create();
  const turns = new Turns();
  const untested: ReportUntestedMethod[] = [];
  try {
    for (const file of index.files) {
      if (file.isTest || !testedModules.has(file.module)) continue;
      untested.push(...untestedOf(parser, file, index.read(file.path) ?? '', tested));
      await turns.pass();
    }
    return untested;
  } finally {
    parser.delete();
  }
}

function untestedOf(
  parser: JavaParser,
  file: IndexedFile,
  source: string,
  tested: ReadonlySet<string>,
): ReportUntestedMethod[] {
  const types = withJavaTree(parser, source, (tree) => readCompilationUnit(tree).types);
  const main = types.find(({ name }) => name === file.typeName);
  if (main === undefined) return [];
  return untestedMethodsOf(file.path, main, tested).map((method) => {
    const line = source.slice(0, source.indexOf(method.name, method.signatureStart)).split('\n').length;
    return { focalClass: main.name, focalMethod: method.name, file: file.path, line };
  });
}

/** Names which methods the pairs test, for `untestedMethodsOf`. */
export function testedMethods(pairs: readonly TestedMethod[]): ReadonlySet<string> {
  return new Set(pairs.map((pair) => keyOf(pair.focalFile, pair.focalClass, pair.focalMethod)));
}

/** The methods of one type that a test could call and that none tests; of overloads the first, because pairs name no parameters. */
export function untestedMethodsOf(
  file: string,
  type: TypeDeclaration,
  tested: ReadonlySet<string>,
): MethodDeclaration[] {
  const seen = new Set<string>();
  return testableMethodsOf(type).filter(({ name }) => {
    if (tested.has(keyOf(file, type.name, name)) || seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

/** The methods of a type that do something and that any test can call. */
export function testableMethodsOf(type: TypeDeclaration): MethodDeclaration[] {
  return type.methods.filter(({ bodyStart, modifiers }) => bodyStart >= 0 && isReachable(modifiers, type));
}

/** Methods of an interface are public without saying so. */
function isReachable(modifiers: readonly string[], type: TypeDeclaration): boolean {
  return modifiers.includes('public') || (type.kind === 'interface' && !modifiers.includes('private'));
}

function keyOf(file: string, type: string, method: string): string {
  return `${file}#${type}#${method}`;
}
