import type { JavaParameter, MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import { erasure, type Scope, type TypeResolver } from './resolve-types.ts';
import type { TypeReference } from './workspace-index.ts';

/**
 * The workspace's types that a test of a method has to make or to ask, one a line in the shape of Java: how those that the method and its
 * class's constructors take are made, and what the type that it returns can be asked. A test that compiles needs no more of them.
 */
export function relatedTypesOf(focalClass: TypeReference, method: MethodDeclaration, types: TypeResolver): string[] {
  const { file, enclosing, type } = focalClass;
  const scope: Scope = { file, enclosing: [...enclosing, type], typeParameters: method.typeParameters };
  const isStatic = method.modifiers.includes('static');
  const taken = [method, ...(isStatic || method.isConstructor ? [] : type.constructors)].flatMap(
    ({ parameters }) => parameters,
  );
  const found = new Map<string, RelatedType>();
  const add = (typeText: string, role: 'isMade' | 'isAsked') => {
    for (const name of namesIn(typeText)) {
      const reference = types.resolve(name, scope);
      if (reference === undefined || reference.qualifiedName === focalClass.qualifiedName) continue;
      const known = found.get(reference.qualifiedName) ?? { type: reference.type, isMade: false, isAsked: false };
      found.set(reference.qualifiedName, { ...known, [role]: true });
    }
  };
  for (const parameter of taken) add(parameter.type, 'isMade');
  add(method.returnType, 'isAsked');
  return [...found.values()].flatMap((related) => lineOf(related) ?? []).slice(0, MOST_TYPES);
}

interface RelatedType {
  readonly type: TypeDeclaration;
  readonly isMade: boolean;
  readonly isAsked: boolean;
}

/** Enough for nearly every method; the rest would crowd out the tests that the input shows. */
const MOST_TYPES = 6;
const MOST_MEMBERS = 6;
const MOST_CONSTANTS = 8;

/** Type names of a type's source text, its arguments among them: `Map` and `a.Foo` of `Map<String, a.Foo[]>`. */
function namesIn(typeText: string): readonly string[] {
  const names = typeText.match(/[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*/gu) ?? [];
  return names.filter((name) => name !== 'extends' && name !== 'super');
}

/** `undefined` for a type that tells a test nothing. */
function lineOf({ type, isMade, isAsked }: RelatedType): string | undefined {
  const members = [...(isMade ? waysToMake(type) : []), ...(isAsked ? questions(type) : [])];
  const constants = type.enumConstants.slice(0, MOST_CONSTANTS).join(', ');
  if (members.length === 0 && constants === '' && type.components.length === 0) return undefined;
  const components = type.kind === 'record' ? `(${parametersOf(type.components)})` : '';
  const shown = [...new Set(members)].slice(0, MOST_MEMBERS).map((member) => ` ${member};`);
  const abstract = type.kind === 'class' && type.modifiers.includes('abstract') ? 'abstract ' : '';
  return `${abstract}${type.kind} ${type.name}${components} {${constants === '' ? '' : ` ${constants};`}${shown.join('')} }`;
}

/** Constructors and static factories; the methods of what can only be implemented or mocked. */
function waysToMake(type: TypeDeclaration): string[] {
  const factories = type.methods.filter((method) => method.modifiers.includes('static') && makes(method, type));
  const ways = [...constructorsOf(type), ...accessible(factories, type).map(signatureOf)];
  return ways.length > 0 || type.kind === 'enum' ? ways : accessible(type.methods, type).map(signatureOf);
}

function constructorsOf(type: TypeDeclaration): string[] {
  if (type.kind !== 'class' || type.modifiers.includes('abstract')) return [];
  if (type.constructors.length === 0) return [`${type.name}()`];
  return accessible(type.constructors, type).map(signatureOf);
}

/** What a test can assert about an object, without arguments to think of. */
function questions(type: TypeDeclaration): string[] {
  return accessible(type.methods, type)
    .filter(({ modifiers, parameters, returnType }) => {
      return parameters.length === 0 && returnType !== 'void' && !modifiers.includes('static');
    })
    .map(signatureOf);
}

const FACTORY_NAMES = /^(?:builder|newBuilder|create|of|from|parse|valueOf|getInstance|newInstance)/;

function makes({ name, returnType }: MethodDeclaration, type: TypeDeclaration): boolean {
  return erasure(returnType) === type.name || FACTORY_NAMES.test(name);
}

function accessible(methods: readonly MethodDeclaration[], type: TypeDeclaration): MethodDeclaration[] {
  return methods.filter(
    ({ modifiers, name }) => !modifiers.includes('private') && (name !== 'toString' || type.kind === 'interface'),
  );
}

function signatureOf({ modifiers, returnType, name, parameters }: MethodDeclaration): string {
  const result = returnType === '' ? '' : `${returnType.replaceAll(/\s+/g, ' ')} `;
  return `${modifiers.includes('static') ? 'static ' : ''}${result}${name}(${parametersOf(parameters)})`;
}

/** With names where they are known: a record's are those of its accessors. */
function parametersOf(parameters: readonly JavaParameter[]): string {
  return parameters
    .map(({ type, isVariableArity, name }) => {
      const typeText = `${type.replaceAll(/\s+/g, ' ')}${isVariableArity ? '...' : ''}`;
      return name === '' ? typeText : `${typeText} ${name}`;
    })
    .join(', ');
}
