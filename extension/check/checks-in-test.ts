import { type SyntaxNode, visit } from './syntax-node.ts';

/**
 * Whether a test has a check that can fail: an assertion, a verified call or an expected exception whose outcome depends on more than
 * literals. `assertTrue(true)`, `assertEquals(x, x)` and `assertNotNull(new Foo())` always hold and count as nothing.
 */
export function hasCheckThatCanFail(root: SyntaxNode): boolean {
  let found = false;
  visit(root, (node) => {
    found ||= isCheckThatCanFail(node);
  });
  return found;
}

function isCheckThatCanFail(node: SyntaxNode): boolean {
  if (node.type === 'assert_statement') return !isConstant(node.namedChildren[0] ?? node);
  if (node.type === 'element_value_pair')
    return /^expected(Exceptions)?$/.test(node.childForFieldName('key')?.text ?? '');
  if (node.type !== 'method_invocation') return false;
  const name = node.childForFieldName('name')?.text ?? '';
  const given = argumentsOf(node);
  if (isSubject(name) && given.length <= 1) return subjectIsChecked(node, given[0]);
  // `thrown.expect(…)` of JUnit 4 checks; EasyMock's `expect(call)` only records.
  if (name === 'expect') return node.childForFieldName('object') !== null;
  if (!/^(assert|fail$|verify|andExpect|expect[A-Z]|check[A-Z]|should)/.test(name)) return false;
  return !alwaysHolds(name, given);
}

/** Calls that only name what is checked; the check is what is called on their result. */
function isSubject(name: string): boolean {
  return /^(assertThat|assertThatObject|assertWithMessage|assertThatCode|assertThatExceptionOfType|then)$/.test(name);
}

const notYetAChecks = new Set([
  'as',
  'describedAs',
  'withFailMessage',
  'overridingErrorMessage',
  'extracting',
  'usingRecursiveComparison',
  'using',
  'that',
  'and',
  'asString',
  'first',
  'last',
  'element',
  'size',
  'get',
  'filteredOn',
  'asInstanceOf',
]);

function subjectIsChecked(subject: SyntaxNode, actual: SyntaxNode | undefined): boolean {
  for (let call = callOn(subject); call !== null; call = callOn(call)) {
    const name = call.childForFieldName('name')?.text ?? '';
    if (notYetAChecks.has(name)) continue;
    const given = argumentsOf(call);
    if (actual === undefined || name === 'isThrownBy') return true;
    if (isConstant(actual)) return false;
    if (/^(isNotNull|isInstanceOf)$/.test(name) && actual.type === 'object_creation_expression') continue;
    if (given.length === 1 && given[0] !== undefined && isSameValue(actual, given[0])) continue;
    return true;
  }
  return false;
}

/** The invocation whose object is this one: the next link of the chain. */
function callOn(node: SyntaxNode): SyntaxNode | null {
  const parent = node.parent;
  return parent?.type === 'method_invocation' && parent.childForFieldName('object')?.id === node.id ? parent : null;
}

function alwaysHolds(name: string, given: readonly SyntaxNode[]): boolean {
  const values = given.filter((argument) => argument.type !== 'string_literal' || given.length <= 2);
  if (given.length > 0 && given.every(isConstant)) return true;
  const [first, second] = values.length >= 2 ? values.slice(-2) : [values[0], undefined];
  if (name === 'assertNotNull') return given.some((argument) => argument.type === 'object_creation_expression');
  if (/^assert(True|False|Null)$/.test(name))
    return given.some((argument) => /^(true|false|null_literal)$/.test(argument.type));
  if (
    /^assert(Equals|Same|ArrayEquals|IterableEquals|LinesMatch)$/.test(name) &&
    first !== undefined &&
    second !== undefined
  ) {
    return isSameValue(first, second);
  }
  return false;
}

/** The same text without a call in it: calls may answer differently the second time. */
function isSameValue(one: SyntaxNode, other: SyntaxNode): boolean {
  let calls = false;
  visit(one, (node) => {
    calls ||= node.type === 'method_invocation' || node.type === 'object_creation_expression';
  });
  return !calls && one.text === other.text;
}

function isConstant(node: SyntaxNode): boolean {
  if (node.type === 'class_literal') return false;
  if (node.type.endsWith('_literal') || node.type === 'true' || node.type === 'false') return true;
  const isExpression = /^(unary_expression|binary_expression|parenthesized_expression|cast_expression)$/.test(
    node.type,
  );
  return isExpression && node.namedChildren.every((child) => isConstant(child) || child.type.endsWith('_type'));
}

function argumentsOf(invocation: SyntaxNode): SyntaxNode[] {
  const list = invocation.childForFieldName('arguments')?.namedChildren ?? [];
  return list.filter((argument) => !argument.type.endsWith('comment'));
}
