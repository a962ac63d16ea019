import type { SyntaxNode } from '../syntax-node.ts';
import { type BrokenTest, type Defect, nodeOf, type Repair, replace } from './broken-test.ts';
import { nameType } from './name-type.ts';

/** A literal of the wrong type where the right type can say exactly the same: `1L` for a `Long`, `'a'` for a `char`. */
export function literalOfType(defect: Defect, test: BrokenTest): Repair | null {
  if (defect.code !== 'compiler.err.prob.found.req') return null;
  const wanted = /(?:cannot be converted to|possible lossy conversion from \S+ to) (\S+)$/.exec(defect.message)?.[1];
  const node = nodeOf(defect, test);
  if (wanted === undefined || node === null) return null;
  const number = numberOf(node);
  const written = number !== null ? numberAs(number, wanted, test) : textAs(node, wanted);
  if (written === null) return null;
  const imports = /^Big/.test(simpleName(wanted)) ? nameType(wanted, test).imports : [];
  return { edits: [replace(node, written)], imports, change: `wrote ${written} instead of ${node.text}` };
}

interface NumberLiteral {
  /** Without its suffix and underscores, with its sign. */
  readonly digits: string;
  readonly isWhole: boolean;
}

function numberOf(node: SyntaxNode): NumberLiteral | null {
  const text = node.text.replaceAll(/[_\s]/g, '');
  if (/^-?(0|[1-9]\d*)[lL]?$/.test(text)) return { digits: text.replace(/[lL]$/, ''), isWhole: true };
  if (/^-?\d+\.\d+[dDfF]?$/.test(text)) return { digits: text.replace(/[dDfF]$/, ''), isWhole: false };
  return null;
}

function numberAs({ digits, isWhole }: NumberLiteral, wanted: string, test: BrokenTest): string | null {
  const value = Number(digits);
  const isExact = !isWhole || Number.isSafeInteger(value);
  switch (wanted) {
    case 'long':
    case 'java.lang.Long':
      return isWhole ? `${digits}L` : null;
    case 'int':
    case 'java.lang.Integer':
      return isWhole && value === (value | 0) ? digits : null;
    case 'java.lang.Double':
      return isWhole && isExact ? `${digits}.0` : null;
    case 'float':
    case 'java.lang.Float':
      return isExact && Math.fround(value) === value ? `${digits}f` : null;
    case 'java.math.BigInteger':
      return isWhole && isExact ? `${nameType(wanted, test).text}.valueOf(${digits}${suffix(value)})` : null;
    case 'java.math.BigDecimal':
      // From the text of the literal, because 0.1 as a double is another number, and 1.50 has another scale than 1.5.
      if (!isWhole) return `new ${nameType(wanted, test).text}("${digits}")`;
      return isExact ? `${nameType(wanted, test).text}.valueOf(${digits}${suffix(value)})` : null;
    default:
      return null;
  }
}

/** A number that is too large for `int` must say that it is `long`. */
function suffix(value: number): string {
  return value === (value | 0) ? '' : 'L';
}

function textAs(node: SyntaxNode, wanted: string): string | null {
  if (node.type === 'string_literal' && /^(char|java\.lang\.Character)$/.test(wanted)) {
    const content = /^"([^"\\']|\\.)"$/.exec(node.text)?.[1];
    return content === undefined ? null : `'${content}'`;
  }
  if (node.type === 'character_literal' && wanted === 'java.lang.String') {
    const content = node.text.slice(1, -1);
    return content === '"' ? null : `"${content}"`;
  }
  return null;
}

function simpleName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
