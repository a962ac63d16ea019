import { javaLexemes } from '../../core/metrics/java-tokens.ts';

/**
 * What two tests must share to be the same test: their tokens without comments, white space, the method's name, its access modifiers
 * and its display name. A copied test compiles and passes and is worth nothing, whatever it is called.
 */
export function testFingerprint(testSource: string): string {
  const tokens = javaLexemes(testSource);
  const kept: string[] = [];
  let index = 0;
  let named = false;
  while (index < tokens.length) {
    const token = tokens[index] ?? '';
    if (!named && token === '@') {
      const end = annotationEnd(tokens, index);
      if (tokens[index + 1] !== 'DisplayName') kept.push(...tokens.slice(index, end));
      index = end;
      continue;
    }
    if (!named && tokens[index + 1] === '(') named = true;
    else if (named || !accessModifiers.has(token)) kept.push(token);
    index++;
  }
  return kept.join(' ');
}

const accessModifiers = new Set(['public', 'protected', 'private']);

/** Index after the annotation that starts at `start`. */
function annotationEnd(tokens: readonly string[], start: number): number {
  let index = start + 2;
  while (tokens[index] === '.') index += 2;
  if (tokens[index] !== '(') return index;
  let depth = 0;
  for (; index < tokens.length; index++) {
    if (tokens[index] === '(') depth++;
    if (tokens[index] === ')' && --depth === 0) return index + 1;
  }
  return index;
}
