import { type BrokenTest, type Defect, insert, nodeOf, type Repair } from './broken-test.ts';
import { nameType } from './name-type.ts';

/** `unreported exception X`: the test method says that it throws it. In a lambda or an inner class that would not help. */
export function declareException(defect: Defect, test: BrokenTest): Repair | null {
  if (!defect.code.startsWith('compiler.err.unreported.exception')) return null;
  const exception = /^unreported exception ([\w.$]+)/.exec(defect.message)?.[1];
  if (exception === undefined || !isOwnCode(defect, test)) return null;
  const { text, imports } = nameType(exception, test);
  const declared = test.method.namedChildren.find((node) => node.type === 'throws');
  if (declared?.namedChildren.some((node) => node.text === text)) return null;
  const parameters = test.method.childForFieldName('parameters');
  if (parameters === null) return null;
  const edit =
    declared === undefined ? insert(parameters.endIndex, ` throws ${text}`) : insert(declared.endIndex, `, ${text}`);
  return { edits: [edit], imports, change: `added throws ${text}` };
}

function isOwnCode(defect: Defect, test: BrokenTest): boolean {
  for (let node = nodeOf(defect, test); node !== null; node = node.parent) {
    if (node.id === test.method.id) return true;
    if (node.type === 'lambda_expression' || node.type === 'class_body') return false;
  }
  return false;
}
