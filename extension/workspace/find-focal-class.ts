import type { CompilationUnit, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import { isGenerated } from './generated-code.ts';
import { testableMethodsOf } from './untested-methods.ts';

export type FocalClassSearch =
  | {
      readonly kind: 'class';
      /** Relative to the workspace, with `/`. */
      readonly file: string;
      readonly type: TypeDeclaration;
    }
  | {
      readonly kind: 'none';
      /** Why there is nothing to test here; one sentence. */
      readonly reason: string;
      /** The class that cannot be tested; `null`: there is none. */
      readonly type: TypeDeclaration | null;
    };

/** Finds the innermost class at an offset of a file, or the file's first one between classes, and says why it cannot be tested. */
export function findFocalClass(file: string, source: string, unit: CompilationUnit, offset: number): FocalClassSearch {
  const around = typesAround(unit.types, offset);
  const types = around.length > 0 ? around : unit.types.slice(0, 1);
  const type = types.at(-1);
  const none = (reason: string): FocalClassSearch => ({ kind: 'none', reason, type: type ?? null });
  if (sourceSetOf(file, unit.package).isTest) {
    return none('this is a test file: go to the class that is to be tested.');
  }
  if (type === undefined) return none('there is no class here: put the cursor into the class that is to be tested.');
  const hidden = types.find(({ modifiers }) => modifiers.includes('private'));
  if (hidden !== undefined) return none(`${hidden.name} is private, so a test cannot reach it.`);
  if (isGenerated(file, source, unit, types)) {
    return none(`${type.name} is generated code: test what generates it, or a class that was written by hand.`);
  }
  if (testableMethodsOf(type).length === 0) {
    return none(`${type.name} has no public method with a body: generate tests for a class that does something.`);
  }
  return { kind: 'class', file, type };
}

/** From the outermost to the innermost. */
function typesAround(types: readonly TypeDeclaration[], offset: number): TypeDeclaration[] {
  const type = types.find(({ start, end }) => offset >= start && offset <= end);
  return type === undefined ? [] : [type, ...typesAround(type.types, offset)];
}
