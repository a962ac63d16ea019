import type { CompilationUnit, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import { isGenerated } from './generated-code.ts';
import { untestedMethodsOf } from './untested-methods.ts';

/** A method that a test could call and that none tests. */
export interface UntestedMethod {
  readonly name: string;
  /** Offset of the name. */
  readonly start: number;
}

/** The untested methods of one file as it is in the editor, nested classes included; none in tests and in generated code. */
export function untestedMethodsIn(
  file: string,
  source: string,
  unit: CompilationUnit,
  tested: ReadonlySet<string>,
): UntestedMethod[] {
  if (sourceSetOf(file, unit.package).isTest) return [];
  const inType = (type: TypeDeclaration, around: readonly TypeDeclaration[]): UntestedMethod[] => {
    const types = [...around, type];
    if (type.modifiers.includes('private')) return [];
    return [
      ...untestedMethodsOf(file, type, tested)
        .filter((method) => !isGenerated(file, source, unit, [...types, method]))
        .map(({ name, signatureStart }) => ({ name, start: nameAt(source, name, signatureStart) })),
      ...type.types.flatMap((nested) => inType(nested, types)),
    ];
  };
  return unit.types.flatMap((type) => inType(type, []));
}

/** Where a method's name stands: before its parameters, because a type before it may hold the same letters. */
function nameAt(source: string, name: string, signatureStart: number): number {
  const found = source.slice(signatureStart).search(new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}\\s*\\(`));
  return signatureStart + Math.max(0, found);
}
