import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, nodeOf, type Repair } from './broken-test.ts';

/** How many arguments an assertion has without its message. */
const argumentCounts: Readonly<Record<string, readonly number[]>> = {
  assertTrue: [1],
  assertFalse: [1],
  assertNull: [1],
  assertNotNull: [1],
  assertEquals: [2, 3],
  assertNotEquals: [2, 3],
  assertSame: [2],
  assertNotSame: [2],
  assertArrayEquals: [2, 3],
  assertThrows: [2],
};

/** An assertion's message first, as JUnit 3 and 4 want it, in a module that wants it last; or the other way round. */
export function messagePosition(defect: Defect, test: BrokenTest): Repair | null {
  if (!/^compiler\.err\.(cant\.apply|prob\.found\.req)/.test(defect.code)) return null;
  const call = assertionOf(nodeOf(defect, test));
  const name = call?.childForFieldName('name')?.text ?? '';
  const given = call?.childForFieldName('arguments')?.namedChildren ?? [];
  if (call === null || given.some((node) => node.type.endsWith('comment'))) return null;
  if (!argumentCounts[name]?.includes(given.length - 1)) return null;
  const first = given[0];
  const last = given.at(-1);
  if (first === undefined || last === undefined) return null;
  const types = argumentTypes(defect.message, name, given.length);
  const isFirst = isText(first, types?.[0]);
  const isLast = isText(last, types?.at(-1)) || suppliedText(last) !== null;
  const wantsFirst = messageComesFirst(name, call, test);
  // Text at both ends may be the value: only the other end alone is a message.
  if (isFirst === isLast || isFirst === wantsFirst) return null;
  const texts = given.map((node) => node.text);
  const moved = wantsFirst
    ? [suppliedText(last)?.text ?? last.text, ...texts.slice(0, -1)]
    : [...texts.slice(1), texts[0] ?? ''];
  const edits = given.map((node, at) => ({ start: node.startIndex, end: node.endIndex, text: moved[at] ?? '' }));
  return { edits, change: `moved the message of ${name} to the ${wantsFirst ? 'front' : 'end'}` };
}

/** The assertion whose name or direct argument this is. */
function assertionOf(node: SyntaxNode | null): SyntaxNode | null {
  // A qualified name is no node of its own: javac then means the call.
  if (node?.type === 'method_invocation' && isAssertion(node)) return node;
  for (let one = node; one !== null; one = one.parent) {
    const call = one.parent?.type === 'argument_list' ? one.parent.parent : one.parent;
    if (call?.type === 'method_invocation' && isAssertion(call)) return call;
    if (one.parent?.type !== 'method_invocation' && one.parent?.type !== 'parenthesized_expression') return null;
  }
  return null;
}

function isAssertion(call: SyntaxNode): boolean {
  return /^assert[A-Z]/.test(call.childForFieldName('name')?.text ?? '');
}

/** Types of the arguments as javac names them, where it does and no type has a comma in it. */
function argumentTypes(message: string, name: string, count: number): readonly string[] | null {
  const list = new RegExp(`found for ${name}\\(([^()]*)\\)`).exec(message)?.[1]?.split(',') ?? [];
  return list.length === count ? list : null;
}

function isText(node: SyntaxNode, type: string | undefined): boolean {
  if (type !== undefined) return type === 'java.lang.String';
  if (node.type === 'string_literal') return true;
  if (node.type === 'parenthesized_expression') return node.namedChildren.some((inner) => isText(inner, undefined));
  const isSum = node.type === 'binary_expression' && node.childForFieldName('operator')?.text === '+';
  return isSum && node.namedChildren.some((operand) => isText(operand, undefined));
}

/** The text of `() -> "text"`, which JUnit 5 asks for only when the assertion fails. */
function suppliedText(node: SyntaxNode): SyntaxNode | null {
  const body = node.type === 'lambda_expression' ? node.childForFieldName('body') : null;
  return body !== null && isText(body, undefined) ? body : null;
}

function messageComesFirst(name: string, call: SyntaxNode, { unit, placement }: BrokenTest): boolean {
  const qualifier = call.childForFieldName('object')?.text;
  const owner = unit.imports.find((one) =>
    qualifier === undefined
      ? one.isStatic && (one.isOnDemand ? /(^|\.)Assert(ions)?$/.test(one.name) : one.name.endsWith(`.${name}`))
      : !one.isStatic && one.name.endsWith(`.${qualifier}`),
  );
  if (owner !== undefined) return /^(org\.junit\.Assert|junit\.framework\.)/.test(owner.name);
  return placement.libraries.framework === 'junit4' || placement.libraries.framework === 'junit3';
}
