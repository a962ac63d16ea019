import type { TextEdit } from '../../placement/edit-placement.ts';
import { indentAt } from '../../placement/indentation.ts';
import { type SyntaxNode, visit } from '../syntax-node.ts';
import { type BrokenTest, type Defect, insert, nodeOf, noTest, type Repair, remove, replace } from './broken-test.ts';

/** Modifiers, annotation and return type that a test method must have, or must not: one of them at a time. */
export function fitTestMethod(defect: Defect, test: BrokenTest): Repair | null {
  switch (defect.code) {
    case noTest:
      return addAnnotation(test) ?? withoutStatic(test) ?? withVisibility(test) ?? withVoid(test);
    case 'compiler.err.missing.ret.stmt':
      return withVoid(test);
    case 'compiler.err.method.does.not.override.superclass': {
      const annotation = modifiersOf(test).find((node) => node.text === '@Override');
      return annotation === undefined ? null : { edits: [remove(annotation, test)], change: 'removed @Override' };
    }
    case 'compiler.err.non-static.cant.be.ref':
      // `Foo.bar()` of a method that is not static is another mistake, at which nobody should guess.
      return nodeOf(defect, test)?.type === 'identifier' && !isQualified(nodeOf(defect, test))
        ? withoutStatic(test)
        : null;
    case 'compiler.err.icls.cant.have.static.decl':
    case 'compiler.err.static.declaration.not.allowed.in.inner.classes':
      return withoutStatic(test);
    default:
      return null;
  }
}

function modifiersOf({ method }: BrokenTest): SyntaxNode[] {
  return method.children.find((node) => node?.type === 'modifiers')?.children.filter((node) => node !== null) ?? [];
}

const annotations: Readonly<Record<string, string>> = {
  junit5: 'org.junit.jupiter.api.Test',
  junit4: 'org.junit.Test',
  testng: 'org.testng.annotations.Test',
};

function addAnnotation(test: BrokenTest): Repair | null {
  const name = annotations[test.placement.libraries.framework];
  const isMarked = modifiersOf(test).some((node) => /^@[\w.]*(Test|TestFactory|TestTemplate|Theory)\b/.test(node.text));
  // A method with parameters is fed by something that we do not know.
  const parameters = test.method.childForFieldName('parameters')?.namedChildren ?? [];
  if (name === undefined || isMarked || parameters.length > 0) return null;
  const { startIndex } = test.method;
  return {
    edits: [insert(startIndex, `@Test\n${indentAt(test.placement.text, startIndex)}`)],
    imports: [{ name, isStatic: false }],
    change: 'added @Test',
  };
}

function withoutStatic(test: BrokenTest): Repair | null {
  const edit = withoutModifier('static', test);
  return edit === null ? null : { edits: [edit], change: 'removed static' };
}

function withVisibility(test: BrokenTest): Repair | null {
  if (test.placement.libraries.framework === 'junit5') {
    const edit = withoutModifier('private', test);
    return edit === null ? null : { edits: [edit], change: 'removed private' };
  }
  const hidden = modifiersOf(test).find((node) => /^(private|protected)$/.test(node.type));
  return hidden === undefined ? null : { edits: [replace(hidden, 'public')], change: 'made it public' };
}

function withoutModifier(keyword: string, test: BrokenTest): TextEdit | null {
  const node = modifiersOf(test).find((one) => one.type === keyword);
  if (node === undefined) return null;
  const space = /^\s*/.exec(test.placement.text.slice(node.endIndex))?.[0].length ?? 0;
  return { start: node.startIndex, end: node.endIndex + space, text: '' };
}

function withVoid({ method }: BrokenTest): Repair | null {
  const type = method.childForFieldName('type');
  const body = method.childForFieldName('body');
  if (type === null || body === null || type.type === 'void_type' || returnsValue(body)) return null;
  return { edits: [replace(type, 'void')], change: 'made it void' };
}

function returnsValue(body: SyntaxNode): boolean {
  let found = false;
  visit(body, (node) => {
    found ||= node.type === 'return_statement' && node.namedChildren.length > 0;
  });
  return found;
}

function isQualified(node: SyntaxNode | null): boolean {
  const object = node?.parent?.type === 'method_invocation' ? node.parent.childForFieldName('object') : null;
  return object !== null && object.id !== node?.id;
}
