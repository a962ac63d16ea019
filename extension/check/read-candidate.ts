import { type JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { syntaxErrorsOf } from '../../core/java/syntax-errors.ts';
import { hasCheckThatCanFail } from './checks-in-test.ts';
import { type SyntaxNode, visit } from './syntax-node.ts';

/** What the text of a candidate tells without compiling it. */
export interface ReadCandidate {
  readonly parses: true;
  readonly method: string;
  /** Names of the methods it calls or refers to, and simple names of the types it creates. */
  readonly calls: ReadonlySet<string>;
  readonly canFail: boolean;
}

export interface UnreadableCandidate {
  readonly parses: false;
  /** One sentence. */
  readonly message: string;
}

const before = 'class C {\n';

/** Reads a candidate, which must be exactly one method with a body and without a syntax error. */
export function readCandidate(parser: JavaParser, source: string): ReadCandidate | UnreadableCandidate {
  return withJavaTree(parser, `${before}${source}\n}\n`, (tree) => {
    const error = syntaxErrorsOf(tree, 1)[0];
    if (error !== undefined) {
      const line = tree.source.slice(0, error.start).split('\n').length - 1;
      const what = error.missing === undefined ? 'it is not Java' : `${error.missing} is missing`;
      return { parses: false, message: `Syntax error in line ${Math.max(1, line)}: ${what}.` };
    }
    const { types } = readCompilationUnit(tree);
    const type = types[0];
    const method = type?.methods[0];
    const isOneMethod =
      types.length === 1 &&
      type !== undefined &&
      type.methods.length === 1 &&
      type.constructors.length + type.fields.length + type.types.length === 0;
    if (!isOneMethod || method === undefined || method.bodyStart < 0) {
      return { parses: false, message: 'The text is not exactly one method with a body.' };
    }
    const calls = new Set<string>();
    visit(tree.root, (node) => {
      const name = calledName(node);
      if (name !== null) calls.add(name);
    });
    return { parses: true, method: method.name, calls, canFail: hasCheckThatCanFail(tree.root) };
  });
}

function calledName(node: SyntaxNode): string | null {
  switch (node.type) {
    case 'method_invocation':
      return node.childForFieldName('name')?.text ?? null;
    case 'method_reference':
      return node.namedChildren.at(-1)?.text ?? null;
    case 'object_creation_expression':
      return simpleName(node.childForFieldName('type')?.text ?? '');
    default:
      return null;
  }
}

function simpleName(type: string): string {
  return type.replace(/<.*$/s, '').split('.').at(-1)?.trim() ?? '';
}

/** Names of the methods in a test file that check something: a test that calls such a helper checks it as well. */
export function checkingHelpers(parser: JavaParser, testFile: string): ReadonlySet<string> {
  return withJavaTree(parser, testFile, (tree) => {
    const helpers = new Set<string>();
    visit(tree.root, (node) => {
      if (node.type !== 'method_declaration') return;
      const isTest = /@\w*Test\b/.test(node.namedChildren[0]?.text ?? '');
      if (!isTest && hasCheckThatCanFail(node)) helpers.add(node.childForFieldName('name')?.text ?? '');
    });
    return helpers;
  });
}
