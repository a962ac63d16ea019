import type { CompilationUnit, MethodDeclaration, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import { focalContextOf } from '../../core/mining/focal-context.ts';
import { sourceSetOf } from '../../core/mining/source-sets.ts';
import type { FocalContext } from '../../core/mining/test-pair.ts';
import type { MethodOfType } from '../../core/mining/workspace-types.ts';
import { isGenerated } from './generated-code.ts';

/** A method that a test can be written for. */
export interface Focal extends MethodOfType {
  readonly packageName: string;
  /** Simple name. */
  readonly focalClass: string;
  /** For a constructor, the name of its class. */
  readonly focalMethod: string;
  /** Without related types: those are in other files. */
  readonly context: FocalContext;
}

export type FocalMethodSearch =
  | { readonly kind: 'method'; readonly focal: Focal }
  | {
      readonly kind: 'none';
      /** Why there is nothing to test here; one sentence. */
      readonly reason: string;
      /** Name of the method here that cannot be tested; `null`: there is no method here. */
      readonly method: string | null;
    };

/** Finds the method at an offset of a file and says why it cannot be tested when it cannot. */
export function findFocalMethod(
  file: string,
  source: string,
  unit: CompilationUnit,
  offset: number,
): FocalMethodSearch {
  const found = methodAt(unit.types, offset, []);
  const none = (reason: string): FocalMethodSearch => ({ kind: 'none', reason, method: found?.method.name ?? null });
  if (sourceSetOf(file, unit.package).isTest)
    return none('this is a test file: go to the method that is to be tested.');
  if (found === undefined) return none('there is no method here: put the cursor into the method that is to be tested.');
  const { method, types } = found;
  const type = types.at(-1);
  if (type === undefined) return none('there is no class here.');
  if (method.bodyStart < 0)
    return none(`${method.name} has no body, so there is nothing to test: choose a method that does something.`);
  if (method.modifiers.includes('private'))
    return none(`${method.name} is private: generate a test for a method that calls it.`);
  const hidden = types.find((outer) => outer.modifiers.includes('private'));
  if (hidden !== undefined) return none(`${hidden.name} is private, so a test cannot reach ${method.name}.`);
  if (isGenerated(file, source, unit, [...types, method]))
    return none(`${method.name} is generated code: test what generates it, or a method that was written by hand.`);
  return {
    kind: 'method',
    focal: {
      file,
      packageName: unit.package,
      focalClass: type.name,
      focalMethod: method.name,
      types,
      method,
      context: focalContextOf(source, type, method, []),
    },
  };
}

/** The innermost method around the offset, from its first annotation to its closing brace, and the types around it. */
function methodAt(
  types: readonly TypeDeclaration[],
  offset: number,
  outer: readonly TypeDeclaration[],
): { readonly method: MethodDeclaration; readonly types: readonly TypeDeclaration[] } | undefined {
  for (const type of types) {
    if (offset < type.start || offset > type.end) continue;
    const around = [...outer, type];
    const nested = methodAt(type.types, offset, around);
    if (nested !== undefined) return nested;
    const method = [...type.methods, ...type.constructors].find(({ start, end }) => offset >= start && offset <= end);
    if (method !== undefined) return { method, types: around };
  }
  return undefined;
}
