import type { CompilationUnit, MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import type { JavaParser, JavaTree } from '../java/java-parser.ts';
import { withJavaTree } from '../java/java-parser.ts';
import { moveOffsets } from '../java/move-offsets.ts';
import { type Reading, readCompilationUnit } from '../java/read-compilation-unit.ts';
import { withoutBodies } from '../java/without-bodies.ts';
import type { BodyFacts, FieldAssignment, FileFacts } from './file-facts.ts';
import { isGeneratedFile } from './generated-files.ts';
import { readPublishedMethods } from './methods2test/read-published-methods.ts';
import type { MiningMode } from './mining-record.ts';
import { readCalls } from './read-calls.ts';
import { sourceSetOf } from './source-sets.ts';

/** Parses one file and keeps what pairing needs of it. Throws when the text cannot be parsed at all. */
export function extractFacts(parser: JavaParser, path: string, text: string, mode: MiningMode): FileFacts {
  if (mode === 'default' && !mayHoldTests(path, text)) {
    return extractDeclarations(parser, text);
  }
  return withJavaTree(parser, text, (tree) => {
    const facts = readDeclarations(tree, text);
    return mode === 'methods2test'
      ? { ...facts, published: readPublishedMethods(tree) }
      : { ...facts, ...readBodies(tree, facts.unit) };
  });
}

/** Nothing is asked of the bodies of main code, so they are not even parsed. */
function extractDeclarations(parser: JavaParser, text: string): FileFacts {
  const skeleton = withoutBodies(text);
  if (skeleton === undefined) {
    return withJavaTree(parser, text, (tree) => readDeclarations(tree, text));
  }
  const facts = withJavaTree(parser, skeleton.text, (tree) => readDeclarations(tree, skeleton.text));
  const unit = moveOffsets(facts.unit, skeleton.toSource);
  return { ...facts, unit, isGenerated: isGeneratedFile(text, unit) };
}

function readDeclarations(tree: JavaTree, text: string): FileFacts {
  const unit = readCompilationUnit(tree);
  const isGenerated = isGeneratedFile(text, unit);
  return { unit, isGenerated, hasSyntaxErrors: tree.hasErrors, bodies: [], assignments: [] };
}

const TEST_MARKER =
  /@\s*(?:\w+\s*\.\s*)*(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Theory|Property|Example)\b|\bextends\s+[\w.]*Test\w*\b/;

function mayHoldTests(path: string, text: string): boolean {
  const packageName = /^\s*package\s+([\w.]+)\s*;/m.exec(text)?.[1] ?? '';
  return sourceSetOf(path, packageName).isTest || TEST_MARKER.test(text);
}

interface Bodies {
  readonly bodies: BodyFacts[];
  readonly assignments: FieldAssignment[];
}

function readBodies(tree: JavaTree, unit: CompilationUnit): Bodies {
  const methods = new Map<number, MethodDeclaration>();
  collectMethods(unit.types, methods);
  return tree.walk((cursor) => {
    const found: Bodies = { bodies: [], assignments: [] };
    visitMembers({ source: tree.source, grammar: tree.grammar, cursor }, methods, found);
    return found;
  });
}

function collectMethods(types: readonly TypeDeclaration[], methods: Map<number, MethodDeclaration>): void {
  for (const type of types) {
    for (const method of [...type.methods, ...type.constructors]) {
      methods.set(method.start, method);
    }
    collectMethods(type.types, methods);
  }
}

/** Visits the members of all types, however nested, iteratively down to methods, initializers and fields. */
function visitMembers(reading: Reading, methods: ReadonlyMap<number, MethodDeclaration>, found: Bodies): void {
  const { cursor, grammar } = reading;
  const { node } = grammar;
  const isMember = new Set([
    node.method_declaration,
    node.constructor_declaration,
    node.compact_constructor_declaration,
    node.field_declaration,
    node.static_initializer,
    node.block,
  ]);
  let depth = 0;
  for (;;) {
    if (isMember.has(cursor.nodeTypeId)) {
      readMember(reading, methods, found);
    } else if (cursor.gotoFirstChild()) {
      depth++;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (depth === 0 || !cursor.gotoParent()) {
        return;
      }
      depth--;
    }
    if (depth === 0) {
      return;
    }
  }
}

function readMember(reading: Reading, methods: ReadonlyMap<number, MethodDeclaration>, found: Bodies): void {
  const { cursor, grammar, source } = reading;
  if (cursor.nodeTypeId === grammar.node.field_declaration) {
    readFieldInitializers(reading, found);
    return;
  }
  const method = methods.get(cursor.startIndex);
  const parameters = new Map((method?.parameters ?? []).map((parameter) => [parameter.name, typeOf(parameter)]));
  const read = readCalls(reading, parameters);
  found.assignments.push(...read.assignments);
  if (method !== undefined && method.bodyStart >= 0 && !method.isConstructor && mayBeTest(method)) {
    const body = source.slice(method.bodyStart, method.end);
    found.bodies.push({
      methodStart: method.start,
      calls: read.calls,
      isEmpty: /^\{\s*\}$/.test(body.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')),
      isBroken: cursor.nodeHasError,
    });
  }
}

/** `private Foo foo = new FooImpl()` says as much as an assignment in a set-up method. */
function readFieldInitializers(reading: Reading, found: Bodies): void {
  const { cursor, source } = reading;
  const text = source.slice(cursor.startIndex, Math.min(cursor.endIndex, cursor.startIndex + 600));
  const match = /(\w+)\s*=\s*(?:(?:Mockito\.)?spy\(\s*)?new\s+([\w.]+)\s*(?:<[^()]*>)?\s*\(/s.exec(text);
  if (match?.[1] !== undefined && match[2] !== undefined) {
    found.assignments.push({ start: cursor.startIndex, field: match[1], type: match[2] });
  }
}

const NEVER_TESTS =
  /^(?:Override|Before|After|BeforeEach|AfterEach|BeforeAll|AfterAll|BeforeClass|AfterClass|BeforeMethod|AfterMethod|DataProvider|Bean)$/;

/** Annotations are resolved later, with the other files known; here it only matters not to keep bodies that can never be tests. */
function mayBeTest(method: MethodDeclaration): boolean {
  if (method.annotations.length > 0) {
    return method.annotations.some((annotation) => !NEVER_TESTS.test(annotation.name));
  }
  return method.parameters.length === 0 && method.modifiers.includes('public') && method.returnType === 'void';
}

function typeOf(parameter: MethodDeclaration['parameters'][number]): string {
  return parameter.isVariableArity ? `${parameter.type}[]` : parameter.type;
}
