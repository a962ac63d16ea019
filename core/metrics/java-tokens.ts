import { isIdentifier } from '../java/keywords.ts';

/**
 * Splits Java text into the tokens that every text metric counts: identifiers and keywords, numbers, literals, and operators of one
 * to four characters. Comments are dropped; a string or text block falls into several tokens at its white space, so that no token
 * holds white space and the tokens joined by spaces are what sacreBLEU sees with `tokenize none`. It is a lexer and not a parser
 * because candidates that do not parse must be scored as well; characters that are no Java become tokens of their own.
 */
export function javaTokens(source: string): string[] {
  return javaLexemes(source).flatMap((text) =>
    text.startsWith('"') || text.startsWith("'") ? text.split(/\s+/u).filter((part) => part !== '') : [text],
  );
}

/** As `javaTokens`, but every literal in one piece. */
export function javaLexemes(source: string): string[] {
  return lexemesAndComments(source).filter((text) => !isComment(text));
}

/** All that the source says but for white space: literals in one piece, comments too, without the white space in them. */
export function writtenTokens(source: string): string[] {
  return lexemesAndComments(source).map((text) => (isComment(text) ? text.replace(/\s+/gu, '') : text));
}

/** The source with other names; white space, comments and literals stay as they are. */
export function renameIdentifiers(source: string, rename: (identifier: string) => string): string {
  return source.replace(lexeme, (text) => (isIdentifier(text) ? rename(text) : text));
}

function lexemesAndComments(source: string): string[] {
  return [...source.matchAll(lexeme)].map((match) => match[0]);
}

function isComment(text: string): boolean {
  return text.startsWith('//') || text.startsWith('/*');
}

const lexeme = new RegExp(
  [
    '//[^\\n]*',
    '/\\*[\\s\\S]*?(?:\\*/|$)',
    '"""[\\s\\S]*?(?:(?<!\\\\)"""|$)',
    '"(?:\\\\.|[^"\\\\\\n])*"?',
    "'(?:\\\\.|[^'\\\\\\n])*'?",
    '[\\p{L}\\p{Nl}_$][\\p{L}\\p{Nl}\\p{Mn}\\p{Nd}_$]*',
    '0[xX][\\p{Nd}a-fA-F_.]+(?:[pP][+-]?\\d+)?[lLfFdD]?',
    '(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?[lLfFdDbB]?[01_]*[lL]?',
    '>>>=|<<=|>>=|>>>|\\.\\.\\.|->|::|\\+\\+|--|&&|\\|\\||[=!<>+\\-*/&|^%]=|<<',
    '\\S',
  ].join('|'),
  'gu',
);
