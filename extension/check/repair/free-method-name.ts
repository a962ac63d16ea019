import { freeName } from '../../placement/fit-method.ts';
import { visit } from '../syntax-node.ts';
import { type BrokenTest, type Defect, type Repair, replace } from './broken-test.ts';

/** A name that another method of the class, or of a class above it, has: the next free one. */
export function freeMethodName({ code, message, start }: Defect, { root, method }: BrokenTest): Repair | null {
  const isTaken = code === 'compiler.err.already.defined' && message.startsWith('method ');
  if (!isTaken && !code.startsWith('compiler.err.override.')) return null;
  const name = method.childForFieldName('name');
  // The error is about the method itself, not about one of a class inside it.
  if (name === null || start < method.startIndex || start > name.endIndex) return null;
  const taken = new Set<string>();
  visit(root, (node) => {
    if (node.type === 'method_declaration') taken.add(node.childForFieldName('name')?.text ?? '');
  });
  const free = freeName(name.text, taken);
  return { edits: [replace(name, free)], method: free, change: `named it ${free}` };
}
