import { type BrokenTest, type Defect, enclosing, nodeOf, type Repair, remove } from './broken-test.ts';

/** Annotations that describe a test and change nothing about what it checks or whether it runs. */
const descriptions = /^(DisplayName|Tag|Tags|Order|Category|Feature|Story|Description|Severity|Author)$/;

/** A description that another framework has and the module's class path has not. */
export function dropAnnotation(defect: Defect, test: BrokenTest): Repair | null {
  if (!defect.code.startsWith('compiler.err.cant.resolve') || defect.meanings.length > 0) return null;
  const annotation = enclosing(nodeOf(defect, test), /^(marker_)?annotation$/, test);
  const name = annotation?.childForFieldName('name')?.text ?? '';
  const isOfTest = annotation?.parent?.type === 'modifiers' && annotation.parent.parent?.id === test.method.id;
  if (annotation === null || !isOfTest || !descriptions.test(name)) return null;
  return { edits: [remove(annotation, test)], change: `removed @${name}` };
}
