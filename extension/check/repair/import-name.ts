import type { NameMeaning } from '../compiler-error.ts';
import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, nodeOf, type Repair } from './broken-test.ts';

/** A name that nothing declares and that means exactly one thing on the module's class path: that is imported. */
export function importName(defect: Defect, test: BrokenTest): Repair | null {
  const [meaning, another] = withoutSubset(defect.meanings);
  if (meaning === undefined || another !== undefined) return null;
  const simple = meaning.name.slice(meaning.name.lastIndexOf('.') + 1);
  const node = nodeOf(defect, test);
  if (node === null || isMemberOfSomething(node)) return null;
  const isStatic = meaning.kind === 'member';
  const clashes = test.unit.imports.some(
    (one) => !one.isOnDemand && !one.isStatic && !isStatic && one.name.endsWith(`.${simple}`),
  );
  if (clashes) return null;
  return { edits: [], imports: [{ name: meaning.name, isStatic }], change: `imported ${meaning.name}` };
}

/** `x.name()`, or the name of an annotation's element: what that is depends on what it belongs to. */
function isMemberOfSomething({ id, parent }: SyntaxNode): boolean {
  if (parent?.type === 'element_value_pair') return parent.childForFieldName('key')?.id === id;
  const object = parent?.type === 'method_invocation' ? parent.childForFieldName('object') : null;
  return object !== null && object?.id !== id;
}

/** Hamcrest has its core matchers a second time among all of its matchers. */
function withoutSubset(meanings: readonly NameMeaning[]): readonly NameMeaning[] {
  const isRepeated = ({ name }: NameMeaning) =>
    meanings.some((other) => other.name === name.replace(/^org\.hamcrest\.CoreMatchers\./, 'org.hamcrest.Matchers.'));
  return meanings.filter((meaning) => !meaning.name.startsWith('org.hamcrest.CoreMatchers.') || !isRepeated(meaning));
}
