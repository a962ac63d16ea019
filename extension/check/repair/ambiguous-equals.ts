import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, enclosing, insert, nodeOf, type Repair } from './broken-test.ts';

/**
 * JUnit 4's `assertEquals(1, boxed)` fits `(long, long)` and `(Object, Object)`. The literal shows that numbers are meant, and only whole
 * ones fit both, so `longValue()` loses nothing; a `null` fails the test either way.
 */
export function ambiguousEquals(defect: Defect, test: BrokenTest): Repair | null {
  if (defect.code !== 'compiler.err.ref.ambiguous') return null;
  if (
    !/both method assertEquals\(long,long\) .* and method assertEquals\(java\.lang\.Object,java\.lang\.Object\)/.test(
      defect.message,
    )
  )
    return null;
  const call = enclosing(nodeOf(defect, test), /^method_invocation$/, test);
  const given = call?.childForFieldName('arguments')?.namedChildren ?? [];
  const boxed = given.filter((node) => !isWholeNumber(node));
  const [value, another] = boxed;
  if (given.length !== 2 || value === undefined || another !== undefined) return null;
  if (!/^(method_invocation|identifier|field_access|array_access)$/.test(value.type)) return null;
  return { edits: [insert(value.endIndex, '.longValue()')], change: 'added longValue() to an ambiguous assertEquals' };
}

function isWholeNumber(node: SyntaxNode): boolean {
  return /^-?\s*\d[\d_]*[lL]?$/.test(node.text);
}
