import type { TestFramework } from '../../../core/style/test-libraries.ts';
import { staticOnDemandHas } from '../../placement/known-imports.ts';
import { type BrokenTest, type Defect, nodeOf, type Repair, replace } from './broken-test.ts';
import { nameType } from './name-type.ts';

/** Each framework's own class of assertions. */
export const assertionClasses: Readonly<Record<TestFramework, string>> = {
  junit3: 'junit.framework.Assert',
  junit4: 'org.junit.Assert',
  junit5: 'org.junit.jupiter.api.Assertions',
  testng: 'org.testng.Assert',
};

/** `Assert.assertTrue(…)` of JUnit 4 in a module of JUnit 5, or the other way round: the module's own class, where it has that assertion. */
export function assertionClass(defect: Defect, test: BrokenTest): Repair | null {
  const node = nodeOf(defect, test);
  const call = node?.parent;
  if (!defect.code.startsWith('compiler.err.cant.resolve') || node === null || !/^Assert(ions)?$/.test(node.text))
    return null;
  if (call?.type !== 'method_invocation' || call.childForFieldName('object')?.id !== node.id) return null;
  const own = assertionClasses[test.placement.libraries.framework];
  if (!staticOnDemandHas(own, call.childForFieldName('name')?.text ?? '')) return null;
  const { text, imports } = nameType(own, test);
  return { edits: [replace(node, text)], imports, change: `wrote ${text} instead of ${node.text}` };
}
