import { indentUnitOf } from '../../placement/indentation.ts';
import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, enclosing, nodeOf, type Repair, remove, replace } from './broken-test.ts';

const assertThrows = 'org.junit.jupiter.api.Assertions.assertThrows';

/** Elements of `@Test` that another framework has: the module's own way to say the same. */
export function testAnnotation(defect: Defect, test: BrokenTest): Repair | null {
  if (defect.code === 'compiler.err.duplicate.annotation.missing.container') return removeRepeated(defect, test);
  const [, element, annotationType] =
    /symbol: method (\w+)\(\) location: @interface ([\w.]+)$/.exec(defect.message) ?? [];
  const pair = enclosing(nodeOf(defect, test), /^element_value_pair$/, test);
  const annotation = enclosing(pair, /^annotation$/, test);
  const value = pair?.childForFieldName('value') ?? null;
  if (element === undefined || pair === null || annotation === null || value === null) return null;
  const meaning = /^expected(Exceptions)?$/.test(element) ? 'exception' : /^time[oO]ut$/.test(element) ? 'time' : null;
  const own = meaning === null ? undefined : ownElements[annotationType ?? '']?.[meaning];
  if (own !== undefined) {
    const key = pair.childForFieldName('key');
    return key === null ? null : { edits: [replace(key, own)], change: `wrote ${own} instead of ${element}` };
  }
  if (annotationType !== 'org.junit.jupiter.api.Test') return null;
  if (meaning === 'exception') return expectException(test, annotation, pair, value);
  if (meaning === 'time') {
    return {
      edits: [withoutPair(annotation, pair, `@Timeout(value = ${value.text}, unit = TimeUnit.MILLISECONDS)`, test)],
      imports: ['org.junit.jupiter.api.Timeout', 'java.util.concurrent.TimeUnit'].map((name) => ({
        name,
        isStatic: false,
      })),
      change: 'wrote @Timeout instead of an element of @Test',
    };
  }
  return null;
}

const ownElements: Readonly<Record<string, Readonly<Record<'exception' | 'time', string>>>> = {
  'org.junit.Test': { exception: 'expected', time: 'timeout' },
  'org.testng.annotations.Test': { exception: 'expectedExceptions', time: 'timeOut' },
};

/** The annotation without one of its elements, and what comes after it. */
function withoutPair(annotation: SyntaxNode, pair: SyntaxNode, after: string, { placement }: BrokenTest) {
  const name = annotation.childForFieldName('name')?.text ?? '';
  const list = annotation.childForFieldName('arguments');
  const others = list?.namedChildren.filter((node) => node.id !== pair.id).map((node) => node.text) ?? [];
  const elements = others.length === 0 ? '' : `(${others.join(', ')})`;
  const lineStart = placement.text.lastIndexOf('\n', annotation.startIndex - 1) + 1;
  const indent = placement.text.slice(lineStart, annotation.startIndex);
  const isOwnLine = indent.trim() === '' && /^[ \t]*\r?\n/.test(placement.text.slice(annotation.endIndex));
  const separator = isOwnLine ? `\n${indent}` : ' ';
  return replace(annotation, `@${name}${elements}${after === '' ? '' : separator + after}`);
}

/** The last statement is what is expected to throw. A `fail()` behind it stays behind it: it fails as before. */
function expectException(
  test: BrokenTest,
  annotation: SyntaxNode,
  pair: SyntaxNode,
  exception: SyntaxNode,
): Repair | null {
  if (exception.type !== 'class_literal') return null;
  const body = test.method.childForFieldName('body');
  const statements = body?.namedChildren.filter((node) => !node.type.endsWith('comment')) ?? [];
  const isFail = statements.length > 1 && /^(\w+\.)?fail\s*\(/.test(statements.at(-1)?.text ?? '');
  const wrapped = statements.slice(isFail ? -2 : -1);
  const [first, last] = [wrapped[0], wrapped.at(-1)];
  if (first === undefined || last === undefined || /^(\w+\.)?assertThrows\s*\(/.test(first.text)) return null;
  const { text } = test.placement;
  const inside = text.slice(first.startIndex, last.endIndex);
  // A text block's lines are its content: they cannot be moved.
  if (inside.includes('"""')) return null;
  const call = wrapped.length === 1 && first.type === 'expression_statement' ? first.namedChildren[0] : undefined;
  return {
    edits: [
      withoutPair(annotation, pair, '', test),
      {
        start: first.startIndex,
        end: last.endIndex,
        text: `assertThrows(${exception.text}, () -> ${call?.text ?? asBlock(inside, first, text)});`,
      },
    ],
    imports: [{ name: assertThrows, isStatic: true }].filter(
      () =>
        !test.unit.imports.some((one) => one.isStatic && one.isOnDemand && `${one.name}.assertThrows` === assertThrows),
    ),
    change: `wrote assertThrows instead of an element of @Test`,
  };
}

function asBlock(inside: string, first: SyntaxNode, text: string): string {
  const lineStart = text.lastIndexOf('\n', first.startIndex - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const unit = indentUnitOf(text);
  return `{\n${indent}${unit}${inside.replaceAll('\n', `\n${unit}`)}\n${indent}}`;
}

function removeRepeated(defect: Defect, test: BrokenTest): Repair | null {
  const annotation = enclosing(nodeOf(defect, test), /^(marker_)?annotation$/, test);
  const siblings = annotation?.parent?.namedChildren ?? [];
  const again = siblings.filter((node) => node.text === annotation?.text).at(-1);
  if (annotation === null || again === undefined || again.id === siblings.find((n) => n.text === again.text)?.id)
    return null;
  return { edits: [remove(again, test)], change: `removed a second ${again.text}` };
}
