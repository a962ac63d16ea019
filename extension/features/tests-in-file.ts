import type { TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { type JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import type { ExistingTest } from '../check/existing-tests.ts';
import { testsOf } from '../placement/target-class.ts';

/** The tests of a file as it is in the editor: those too that are not saved, are no pair, or are excluded from training. */
export function testsInFile(parser: JavaParser, source: string): ExistingTest[] {
  const { types } = withJavaTree(parser, source, readCompilationUnit);
  const testsIn = (type: TypeDeclaration): ExistingTest[] => [
    ...testsOf(type).map(({ name, start, end }) => ({
      name: `${type.name}#${name}`,
      source: source.slice(start, end),
    })),
    ...type.types.flatMap(testsIn),
  ];
  return types.flatMap(testsIn);
}
