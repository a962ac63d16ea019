import type { MethodDeclaration, TypeDeclaration } from '../../core/java/compilation-unit.ts';
import type { TestFramework } from '../../core/style/test-libraries.ts';

/** A candidate with what it declares. */
export interface WrittenMethod {
  readonly declaration: MethodDeclaration;
  readonly source: string;
  /** What the declaration's offsets are ahead of `source`. */
  readonly offset: number;
}

export interface FittedMethod {
  readonly name: string;
  readonly source: string;
}

/**
 * Makes a candidate fit its class: a name that is not taken, `public` where the framework finds only public tests, and for JUnit 3 a name
 * that starts with `test` instead of an annotation.
 */
export function fitMethod(
  method: WrittenMethod,
  target: TypeDeclaration | null,
  framework: TestFramework,
  taken: ReadonlySet<string>,
): FittedMethod {
  const { declaration, offset } = method;
  const isJunit3 = target?.superclass === 'TestCase' || (target?.superclass.endsWith('.TestCase') ?? false);
  let { source } = method;
  const wanted =
    isJunit3 && !declaration.name.startsWith('test')
      ? `test${declaration.name.charAt(0).toUpperCase()}${declaration.name.slice(1)}`
      : declaration.name;
  const name = freeName(wanted, taken);
  const signature = declaration.signatureStart - offset;
  const nameAt = source.slice(signature).search(new RegExp(`(?<![\\w$])${escapePattern(declaration.name)}\\s*\\(`));
  if (nameAt >= 0) {
    const start = signature + nameAt;
    source = source.slice(0, start) + name + source.slice(start + declaration.name.length);
  }
  const needsPublic =
    (isJunit3 || framework === 'junit4' || framework === 'testng') && !declaration.modifiers.includes('public');
  if (needsPublic) {
    const own = source.slice(signature).replace(/^(private|protected)\s+/, '');
    source = `${source.slice(0, signature)}public ${own}`;
  }
  // The file has one framework; a method that names another one's annotation in full means its own.
  source = source.replace(/@org\.(junit\.jupiter\.api|junit|testng\.annotations)\.Test\b/, '@Test');
  return { name, source: isJunit3 ? source.replace(/@Test\b(\s*\([^)]*\))?\s*/, '') : source };
}

/** `name`, else `name2`, `name3`, …, or `name_2` where names are words joined by underscores. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const join = name.includes('_') ? '_' : '';
  for (let number = 2, free = name; ; number++) {
    if (!taken.has(free)) return free;
    free = `${name}${join}${number}`;
  }
}

function escapePattern(text: string): string {
  return text.replaceAll('$', '\\$');
}
