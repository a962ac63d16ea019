import type { FieldDeclaration, MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import type { FocalContext } from './test-pair.ts';

/** How much of the focal context is shown: each level adds to the one before (methods2test; paper P). */
export type FocalContextLevel = (typeof FOCAL_CONTEXT_LEVELS)[number];

export const FOCAL_CONTEXT_LEVELS = ['FM', 'FM_FC', 'FM_FC_CO', 'FM_FC_MS', 'FM_FC_MS_FF'] as const;

/** Room for each list of members, in characters. A class with hundreds of members would otherwise drown the focal method. */
const LIST_CHARACTERS = { constructors: 2_000, methods: 6_000, fields: 2_000 } as const;

/** Gathers the focal context of a method from its file's text. Of giant member lists, the members nearest to the method are kept. */
export function focalContextOf(
  source: string,
  focalClass: TypeDeclaration,
  focalMethod: MethodDeclaration,
  relatedTypes: readonly string[],
): FocalContext {
  const isPublic = (modifiers: readonly string[]): boolean => isPublicMember(focalClass, modifiers);
  const others = (methods: readonly MethodDeclaration[]): MethodDeclaration[] =>
    methods.filter((method) => method.start !== focalMethod.start);
  const near = (members: readonly Member[], limit: number): string[] => nearest(members, focalMethod.start, limit);
  return {
    method: dedent(source, focalMethod.start, focalMethod.end),
    classDeclaration: oneLine(source.slice(focalClass.signatureStart, focalClass.bodyStart)),
    constructors: near(
      others(focalClass.constructors).map((method) => member(method, signatureOf(source, method))),
      LIST_CHARACTERS.constructors,
    ),
    methods: near(
      others(focalClass.methods)
        .filter((method) => isPublic(method.modifiers))
        .map((method) => member(method, signatureOf(source, method))),
      LIST_CHARACTERS.methods,
    ),
    fields: near(fieldsOf(source, focalClass, isPublic), LIST_CHARACTERS.fields),
    relatedTypes,
  };
}

/**
 * The source text of a focal context at one level. It reads as the start of the focal class: its declaration, the focal method, then the
 * signatures of constructors, other public methods and public fields, one a line.
 */
export function renderFocalContext(context: FocalContext, level: FocalContextLevel): string {
  const depth = FOCAL_CONTEXT_LEVELS.indexOf(level);
  if (depth === 0) {
    return context.method;
  }
  const signatures = [
    ...(depth >= 2 ? context.constructors : []),
    ...(depth >= 3 ? context.methods : []),
    ...(depth >= 4 ? context.fields : []),
  ];
  const lines = [...context.method.split('\n'), ...signatures.map((signature) => `${signature};`)];
  return [`${context.classDeclaration} {`, ...lines.map((line) => (line === '' ? '' : `  ${line}`)), '}'].join('\n');
}

/** Cuts `[start, end)` out of the text and removes the first line's indentation from every line, as far as a line has it. */
export function dedent(source: string, start: number, end: number): string {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const indentation = /^[ \t]*/.exec(source.slice(lineStart, start))?.[0] ?? '';
  const [first = '', ...rest] = source.slice(start, end).split('\n');
  return [
    first,
    ...rest.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line.trimStart())),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

interface Member {
  readonly start: number;
  readonly signature: string;
}

function member(declaration: { readonly start: number }, signature: string): Member {
  return { start: declaration.start, signature };
}

function signatureOf(source: string, method: MethodDeclaration): string {
  const end = method.bodyStart < 0 ? method.end : method.bodyStart;
  return oneLine(source.slice(method.signatureStart, end)).replace(/\s*;$/, '');
}

function fieldsOf(
  source: string,
  type: TypeDeclaration,
  isPublic: (modifiers: readonly string[]) => boolean,
): Member[] {
  const constants = type.enumConstants.map((name, index) => ({ start: type.bodyStart + index, signature: name }));
  const fields = type.fields
    .filter((field) => isPublic(field.modifiers))
    .map((field: FieldDeclaration) => member(field, fieldSignatureOf(source, field)));
  return [...constants, ...fields];
}

/** Without initializers: `public int a, b` for `public int a = 1, b = 2;`. */
function fieldSignatureOf(source: string, field: FieldDeclaration): string {
  const first = oneLine(source.slice(field.signatureStart, field.signatureEnd));
  return [first, ...field.names.slice(1)].join(', ');
}

function isPublicMember(type: TypeDeclaration, modifiers: readonly string[]): boolean {
  const isImplicit = (type.kind === 'interface' || type.kind === 'annotation') && !modifiers.includes('private');
  return isImplicit || modifiers.includes('public');
}

function nearest(members: readonly Member[], position: number, limitCharacters: number): string[] {
  let left = limitCharacters;
  const kept = members
    .toSorted((a, b) => Math.abs(a.start - position) - Math.abs(b.start - position) || a.start - b.start)
    .filter(({ signature }) => {
      left -= signature.length;
      return left >= 0;
    });
  return kept.sort((a, b) => a.start - b.start).map(({ signature }) => signature);
}

/** White space as one blank, comments gone. Literals with blanks or slashes do not occur in signatures. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
