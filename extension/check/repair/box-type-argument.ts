import { type BrokenTest, type Defect, nodeOf, type Repair, replace } from './broken-test.ts';

const boxes: Readonly<Record<string, string>> = {
  boolean: 'Boolean',
  byte: 'Byte',
  char: 'Character',
  double: 'Double',
  float: 'Float',
  int: 'Integer',
  long: 'Long',
  short: 'Short',
};

/** `List<int>`: a type argument is a class. */
export function boxTypeArgument(defect: Defect, test: BrokenTest): Repair | null {
  if (defect.code !== 'compiler.err.type.found.req') return null;
  const type = nodeOf(defect, test);
  const box = type === null ? undefined : boxes[type.text];
  if (type === null || box === undefined || type.parent?.type !== 'type_arguments') return null;
  return { edits: [replace(type, box)], change: `wrote ${box} instead of ${type.text}` };
}
