import type { CompilationUnit } from '../java/compilation-unit.ts';

const HEADER_MARKER = new RegExp(
  [
    String.raw`@generated\b`,
    String.raw`auto-?\s?generated\b`,
    'automatically (?:generated|created)',
    String.raw`generated (?:by|from|with|using|code|source|file)\b`,
    String.raw`(?:code|file|class|source|was|is) generated\b`,
    String.raw`do not (?:edit|modify|change)\b`,
    String.raw`\$ANTLR`,
  ].join('|'),
  'i',
);

/**
 * Recognises generated files by the comment before the package declaration, where generators sign, or by `@Generated` on a top-level
 * type. Javadoc of the type is not read: hand-written code speaks of generated code there.
 */
export function isGeneratedFile(text: string, unit: CompilationUnit): boolean {
  const firstType = unit.types[0]?.start ?? text.length;
  const packageStart = text.slice(0, unit.packageEnd).search(/^\s*package\s/m);
  const headerEnd =
    unit.packageEnd > 0 ? Math.max(packageStart, 0) : Math.min(firstType, unit.imports[0]?.start ?? firstType);
  return (
    HEADER_MARKER.test(text.slice(0, Math.min(headerEnd, 4_000))) ||
    unit.types.some((type) => type.annotations.some((annotation) => /(?:^|\.)(?:\w*Generated)$/.test(annotation.name)))
  );
}
