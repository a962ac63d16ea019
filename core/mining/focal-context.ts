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
  const { declaration, constructors, methods, fields } = membersOf(source, focalClass);
  const near = (members: readonly Member[], limit: number): string[] => {
    const others = members.filter(({ start }) => start !== focalMethod.start);
    return nearest(others, focalMethod.start, limit);
  };
  return {
    method: dedent(source, focalMethod.start, focalMethod.end),
    classDeclaration: declaration,
    constructors: near(constructors, LIST_CHARACTERS.constructors),
    methods: near(methods, LIST_CHARACTERS.methods),
    fields: near(fields, LIST_CHARACTERS.fields),
    relatedTypes,
  };
}

/** What the contexts of all methods of a class have in common. */
interface ClassMembers {
  readonly source: string;
  readonly declaration: string;
  readonly constructors: readonly Member[];
  /** Public ones. */
  readonly methods: readonly Member[];
  /** Public ones. */
  readonly fields: readonly Member[];
}

/** A class is asked for once for each of its tests. */
const knownMembers = new WeakMap<TypeDeclaration, ClassMembers>();

function membersOf(source: string, type: TypeDeclaration): ClassMembers {
  const known = knownMembers.get(type);
  if (known?.source === source) return known;
  const isPublic = (modifiers: readonly string[]): boolean => isPublicMember(type, modifiers);
  const signed = (method: MethodDeclaration): Member => member(method, signatureOf(source, method));
  const members = {
    source,
    declaration: oneLine(source.slice(type.signatureStart, type.bodyStart)),
    constructors: type.constructors.map(signed),
    methods: type.methods.filter((method) => isPublic(method.modifiers)).map(signed),
    fields: fieldsOf(source, type, isPublic),
  };
  knownMembers.set(type, members);
  return members;
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
  const characters = members.reduce((sum, { signature }) => sum + signature.length, 0);
  if (characters <= limitCharacters) return inOrder(members);
  let left = limitCharacters;
  const kept = members
    .toSorted((a, b) => Math.abs(a.start - position) - Math.abs(b.start - position) || a.start - b.start)
    .filter(({ signature }) => {
      left -= signature.length;
      return left >= 0;
    });
  return inOrder(kept);
}

function inOrder(members: readonly Member[]): string[] {
  return members.toSorted((a, b) => a.start - b.start).map(({ signature }) => signature);
}

/** White space as one blank, comments gone. Literals with blanks or slashes do not occur in signatures. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
