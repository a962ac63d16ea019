import type { CompilationUnit, MethodDeclaration, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import type { TextInsertion } from './insert-imports.ts';

/**
 * The class that a test goes into, with the classes around it, outermost first: the file's test class, or one of its `@Nested` classes
 * where that is where the tests of the focal method are. `null` when the file declares no class.
 */
export function chooseTestClass(
  source: string,
  unit: CompilationUnit,
  className: string,
  focalMethod: string,
): readonly TypeDeclaration[] | null {
  const classes = unit.types.filter((type) => type.kind === 'class');
  const outer = classes.find((type) => type.name === className) ?? classes[0];
  if (outer === undefined) return null;
  const call = new RegExp(`(?<![\\w$])${focalMethod.replaceAll('$', '\\$')}\\s*\\(`, 'g');
  const calls = (type: TypeDeclaration) =>
    testsOf(type).reduce((sum, test) => sum + (source.slice(test.start, test.end).match(call)?.length ?? 0), 0);
  const nested = nestedTestClasses(outer, [outer]);
  const named = nested.find((path) => path.at(-1)?.name.toLowerCase() === focalMethod.toLowerCase());
  if (named !== undefined) return named;
  let best: { path: readonly TypeDeclaration[]; calls: number } = { path: [outer], calls: calls(outer) };
  for (const path of nested) {
    const own = calls(path.at(-1) ?? outer);
    if (own > best.calls) best = { path, calls: own };
  }
  return best.path;
}

function nestedTestClasses(type: TypeDeclaration, path: readonly TypeDeclaration[]): (readonly TypeDeclaration[])[] {
  return type.types
    .filter((inner) => inner.annotations.some(({ name }) => name === 'Nested' || name.endsWith('.Nested')))
    .flatMap((inner) => [[...path, inner], ...nestedTestClasses(inner, [...path, inner])]);
}

/** A member's text, set off by a blank line, after the class's last test and in any case before its closing brace. */
export function insertionAfterLastTest(source: string, type: TypeDeclaration, member: string): TextInsertion {
  const members = [...type.methods, ...type.constructors, ...type.fields].sort((one, other) => one.end - other.end);
  const after = testsOf(type).at(-1) ?? members.at(-1);
  if (after !== undefined) return { offset: endOfLine(source, after.end, type.bodyEnd - 1), text: `\n\n${member}` };
  if (type.types.length > 0 || type.enumConstants.length > 0) {
    // Only nested types: the new test goes in front of them.
    return { offset: type.bodyStart + 1, text: `\n\n${member}` };
  }
  const inside = source.slice(type.bodyStart + 1, type.bodyEnd - 1);
  const closing = /\n[ \t]*$/.exec(inside);
  if (closing === null) return { offset: type.bodyEnd - 1, text: `\n${member}\n` };
  const content = inside.trimEnd();
  const gap = content === '' ? '\n' : '\n\n';
  return { offset: type.bodyStart + 1 + content.length, text: `${gap}${member}` };
}

/** Test methods in source order: annotated, or named `test…` as JUnit 3 wants it. */
export function testsOf(type: TypeDeclaration): MethodDeclaration[] {
  const isJunit3 = /(^|\.)\w*TestCase$/.test(type.superclass);
  return type.methods.filter(
    (method) =>
      method.annotations.some(({ name }) => /(^|\.)(\w*Test|TestFactory|TestTemplate|Theory)$/.test(name)) ||
      (isJunit3 && method.name.startsWith('test')),
  );
}

/** A comment behind the last test's brace stays with it. */
function endOfLine(source: string, offset: number, limit: number): number {
  const comment = /^[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)/.exec(source.slice(offset, limit))?.[0] ?? '';
  return offset + comment.length;
}
