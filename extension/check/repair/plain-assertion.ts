import type { TestFramework } from '../../../core/style/test-libraries.ts';
import type { SyntaxNode } from '../syntax-node.ts';
import { assertionClasses } from './assertion-class.ts';
import { type BrokenTest, type Defect, nodeOf, type Repair, replace } from './broken-test.ts';

/** What an `assertThat` says, in the words of every framework. */
interface PlainCheck {
  readonly assertion: 'assertEquals' | 'assertSame' | 'assertTrue' | 'assertFalse' | 'assertNull' | 'assertNotNull';
  readonly expected?: string;
}

/** `assertThat` in a module without AssertJ, Truth and Hamcrest, where the module's own framework can say exactly the same. */
export function plainAssertion(defect: Defect, test: BrokenTest): Repair | null {
  const isUnknown = defect.code.startsWith('compiler.err.cant.resolve') && defect.meanings.length === 0;
  const call = isUnknown ? assertThatOf(nodeOf(defect, test)) : null;
  if (call === null) return null;
  const [actual, matcher, another] = argumentsOf(call);
  const link = call.parent?.type === 'method_invocation' ? call.parent : null;
  const whole = link ?? call;
  if (actual === undefined || another !== undefined || whole.parent?.type !== 'expression_statement') return null;
  const check =
    matcher === undefined ? (link === null ? null : fluentCheck(link)) : link === null ? matched(matcher) : null;
  if (check === null) return null;
  const { framework } = test.placement.libraries;
  return {
    edits: [replace(whole, write(check, actual.text, framework))],
    imports: importsFor(check, framework, test),
    change: `wrote ${check.assertion} instead of assertThat`,
  };
}

/** The call of `assertThat` that a name belongs to. Of one with unknown matchers javac names only these. */
function assertThatOf(name: SyntaxNode | null): SyntaxNode | null {
  const isMatcher = /^(is|equalTo|sameInstance|nullValue|notNullValue)$/.test(name?.text ?? '');
  if (!isMatcher && name?.text !== 'assertThat') return null;
  for (
    let one = name?.parent ?? null;
    one !== null && /^(method_invocation|argument_list)$/.test(one.type);
    one = one.parent
  ) {
    const isCall = one.type === 'method_invocation' && one.childForFieldName('object') === null;
    if (isCall && one.childForFieldName('name')?.text === 'assertThat') return one;
  }
  return null;
}

/** `assertThat(actual).isEqualTo(1)`. */
function fluentCheck(link: SyntaxNode): PlainCheck | null {
  const [value] = argumentsOf(link);
  switch (link.childForFieldName('name')?.text) {
    case 'isEqualTo':
      return equalTo(value);
    case 'isSameAs':
    case 'isSameInstanceAs':
      return value === undefined ? null : { assertion: 'assertSame', expected: value.text };
    case 'isTrue':
      return { assertion: 'assertTrue' };
    case 'isFalse':
      return { assertion: 'assertFalse' };
    case 'isNull':
      return { assertion: 'assertNull' };
    case 'isNotNull':
      return { assertion: 'assertNotNull' };
    default:
      return null;
  }
}

/** `assertThat(actual, is(1))`. */
function matched(matcher: SyntaxNode): PlainCheck | null {
  if (matcher.type !== 'method_invocation') return null;
  const [value] = argumentsOf(matcher);
  switch (matcher.childForFieldName('name')?.text) {
    case 'is':
      return value?.type === 'method_invocation' ? matched(value) : equalTo(value);
    case 'equalTo':
      return equalTo(value);
    case 'sameInstance':
      return value === undefined ? null : { assertion: 'assertSame', expected: value.text };
    case 'nullValue':
      return { assertion: 'assertNull' };
    case 'notNullValue':
      return { assertion: 'assertNotNull' };
    default:
      return null;
  }
}

/** Only what is written as a literal: of an array these libraries compare the elements, and of a fraction JUnit 4 wants a tolerance. */
function equalTo(value: SyntaxNode | undefined): PlainCheck | null {
  if (value === undefined) return null;
  const isExact = /^(true|false|(string|character|decimal_integer|hex_integer)_literal)$/.test(value.type);
  return isExact || /^-\s*\d+[lL]?$/.test(value.text) ? { assertion: 'assertEquals', expected: value.text } : null;
}

function write({ assertion, expected }: PlainCheck, actual: string, framework: TestFramework): string {
  if (expected === undefined) return `${assertion}(${actual})`;
  // TestNG has the actual value first.
  return framework === 'testng' ? `${assertion}(${actual}, ${expected})` : `${assertion}(${expected}, ${actual})`;
}

function importsFor({ assertion }: PlainCheck, framework: TestFramework, { unit }: BrokenTest) {
  const owner = assertionClasses[framework];
  const isThere = unit.imports.some((one) => one.isStatic && one.isOnDemand && one.name === owner);
  // A test class of JUnit 3 inherits them.
  return framework === 'junit3' || isThere ? [] : [{ name: `${owner}.${assertion}`, isStatic: true }];
}

function argumentsOf(call: SyntaxNode): readonly SyntaxNode[] {
  return call.childForFieldName('arguments')?.namedChildren ?? [];
}
