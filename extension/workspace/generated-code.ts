import type { CompilationUnit, JavaAnnotation } from '../../core/java/compilation-unit.ts';
import { isGeneratedFile } from '../../core/mining/generated-files.ts';
import { sourceSetOf } from '../../core/mining/source-sets.ts';

/** Folders that generators write to; a package of that name may hold code that people wrote. */
const GENERATED_FOLDER = /(?:^|\/)(?:generated(?:[-_]\w+)*|(?:src|sources)[-_]gen|gen[-_]src)(?:\/|$)/i;

/**
 * Whether a declaration is generated: by the folder of its file, by the comment that generators sign with, or by `@Generated` on it or on
 * what is around it. A test of such code is lost, or wrong, when it is generated again.
 */
export function isGenerated(
  file: string,
  source: string,
  unit: CompilationUnit,
  declarations: readonly { readonly annotations: readonly JavaAnnotation[] }[],
): boolean {
  return (
    GENERATED_FOLDER.test(sourceSetOf(file, unit.package).root) ||
    isGeneratedFile(source, unit) ||
    declarations.some(({ annotations }) => annotations.some(({ name }) => /(?:^|\.)\w*Generated$/.test(name)))
  );
}
