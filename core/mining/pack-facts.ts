import type {
  CompilationUnit,
  FieldDeclaration,
  JavaAnnotation,
  JavaImport,
  JavaParameter,
  MethodDeclaration,
  TypeDeclaration,
  TypeKind,
} from '../java/compilation-unit.ts';
import type { BodyFacts, CallFacts, FieldAssignment, FileFacts, PublishedMethod } from './file-facts.ts';

/**
 * Facts as arrays in JSON, a quarter of the size of the objects in JSON: the facts of a whole workspace are held in memory and in the
 * cache. What pairing never asks is left out: methods' parameters' names, imports' positions, annotations' arguments but for data providers.
 */
export function packFacts(facts: FileFacts): string {
  const { unit, isGenerated, hasSyntaxErrors, bodies, assignments, published } = facts;
  const packed: PackedFacts = [
    isGenerated ? 1 : 0,
    hasSyntaxErrors ? 1 : 0,
    [unit.package, unit.packageEnd, unit.imports.map(packImport), unit.types.map(packType)],
    bodies.map(packBody),
    assignments.map(({ start, field, type }): PackedAssignment => [start, field, type]),
    published?.map(
      (one): PackedPublished => [one.className, one.name, one.methodStart, one.isTest ? 1 : 0, one.invocations],
    ) ?? 0,
  ];
  return JSON.stringify(packed);
}

export function unpackFacts(json: string): FileFacts {
  const [isGenerated, hasSyntaxErrors, unit, bodies, assignments, published] = JSON.parse(json) as PackedFacts;
  const facts = {
    unit: unpackUnit(unit),
    isGenerated: isGenerated === 1,
    hasSyntaxErrors: hasSyntaxErrors === 1,
    bodies: bodies.map(unpackBody),
    assignments: assignments.map(([start, field, type]): FieldAssignment => ({ start, field, type })),
  };
  return published === 0 ? facts : { ...facts, published: published.map(unpackPublished) };
}

type PackedFacts = [
  isGenerated: number,
  hasSyntaxErrors: number,
  unit: [packageName: string, packageEnd: number, imports: PackedImport[], types: PackedType[]],
  bodies: PackedBody[],
  assignments: PackedAssignment[],
  published: PackedPublished[] | 0,
];
type PackedImport = [name: string, flags: number];
type PackedAnnotation = string | [name: string, dataProvider: string];
type PackedParameters = readonly string[];
/** A component's name is its accessor's. */
type PackedComponent = [type: string, name: string];
type PackedMethod = [
  name: string,
  modifiers: string,
  annotations: PackedAnnotation[],
  typeParameters: readonly string[],
  returnType: string,
  parameters: PackedParameters,
  span: readonly number[],
];
type PackedField = [
  names: readonly string[],
  type: string,
  modifiers: string,
  annotations: PackedAnnotation[],
  span: readonly number[],
];
type PackedType = [
  kind: number,
  name: string,
  modifiers: string,
  annotations: PackedAnnotation[],
  typeParameters: readonly string[],
  supertypes: readonly string[],
  components: PackedComponent[],
  enumConstants: readonly string[],
  constructors: PackedMethod[],
  methods: PackedMethod[],
  fields: PackedField[],
  types: PackedType[],
  span: readonly number[],
];
type PackedBody = [methodStart: number, flags: number, calls: PackedCall[]];
type PackedCall = [kindAndRole: number, name: string, receiver: string, values: readonly string[]];
type PackedAssignment = [start: number, field: string, type: string];
type PackedPublished = [
  className: string,
  name: string,
  methodStart: number,
  isTest: number,
  invocations: readonly string[],
];

const KINDS: readonly TypeKind[] = ['class', 'interface', 'enum', 'record', 'annotation'];
const CALL_KINDS: readonly CallFacts['kind'][] = ['method', 'constructor', 'reference'];
const CALL_ROLES: readonly CallFacts['role'][] = ['act', 'asserted', 'stub'];
const VARIABLE_ARITY = '...';

function packImport({ name, isStatic, isOnDemand }: JavaImport): PackedImport {
  return [name, (isStatic ? 1 : 0) + (isOnDemand ? 2 : 0)];
}

function packAnnotation(annotation: JavaAnnotation): PackedAnnotation {
  return annotation.arguments.includes('dataProvider') ? [annotation.name, annotation.arguments] : annotation.name;
}

function packParameters(parameters: readonly JavaParameter[]): PackedParameters {
  return parameters.map(packParameter);
}

function packParameter({ type, isVariableArity }: JavaParameter): string {
  return isVariableArity ? type + VARIABLE_ARITY : type;
}

function packMethod(method: MethodDeclaration): PackedMethod {
  const { name, modifiers, annotations, typeParameters, returnType, parameters } = method;
  const span = [method.start, method.end, method.signatureStart, method.bodyStart];
  return [
    name,
    modifiers.join(' '),
    annotations.map(packAnnotation),
    typeParameters,
    returnType,
    packParameters(parameters),
    span,
  ];
}

function packField(field: FieldDeclaration): PackedField {
  const span = [field.start, field.end, field.signatureStart, field.signatureEnd];
  return [field.names, field.type, field.modifiers.join(' '), field.annotations.map(packAnnotation), span];
}

function packType(type: TypeDeclaration): PackedType {
  return [
    KINDS.indexOf(type.kind),
    type.name,
    type.modifiers.join(' '),
    type.annotations.map(packAnnotation),
    type.typeParameters,
    [type.superclass, ...type.interfaces],
    type.components.map((component): PackedComponent => [packParameter(component), component.name]),
    type.enumConstants,
    type.constructors.map(packMethod),
    type.methods.map(packMethod),
    type.fields.map(packField),
    type.types.map(packType),
    [type.start, type.end, type.signatureStart, type.bodyStart, type.bodyEnd],
  ];
}

function packBody({ methodStart, isEmpty, isBroken, calls }: BodyFacts): PackedBody {
  return [methodStart, (isEmpty ? 1 : 0) + (isBroken ? 2 : 0), calls.map(packCall)];
}

function packCall(call: CallFacts): PackedCall {
  const kindAndRole = CALL_KINDS.indexOf(call.kind) + 3 * CALL_ROLES.indexOf(call.role);
  return [kindAndRole, call.name, call.receiver, call.arguments];
}

function unpackUnit([packageName, packageEnd, imports, types]: PackedFacts[2]): CompilationUnit {
  return { package: packageName, packageEnd, imports: imports.map(unpackImport), types: types.map(unpackType) };
}

function unpackImport([name, flags]: PackedImport): JavaImport {
  return { name, isStatic: (flags & 1) !== 0, isOnDemand: (flags & 2) !== 0, start: 0, end: 0 };
}

function unpackAnnotation(packed: PackedAnnotation): JavaAnnotation {
  return typeof packed === 'string' ? { name: packed, arguments: '' } : { name: packed[0], arguments: packed[1] };
}

function unpackModifiers(modifiers: string): string[] {
  return modifiers === '' ? [] : modifiers.split(' ');
}

function unpackParameters(parameters: PackedParameters): JavaParameter[] {
  return parameters.map((packed) => unpackParameter(packed, ''));
}

function unpackParameter(packed: string, name: string): JavaParameter {
  const isVariableArity = packed.endsWith(VARIABLE_ARITY);
  return { name, type: isVariableArity ? packed.slice(0, -VARIABLE_ARITY.length) : packed, isVariableArity };
}

function unpackMethod(packed: PackedMethod, isConstructor: boolean): MethodDeclaration {
  const [name, modifiers, annotations, typeParameters, returnType, parameters, span] = packed;
  const [start = 0, end = 0, signatureStart = 0, bodyStart = -1] = span;
  return {
    name,
    isConstructor,
    modifiers: unpackModifiers(modifiers),
    annotations: annotations.map(unpackAnnotation),
    typeParameters,
    returnType,
    parameters: unpackParameters(parameters),
    start,
    end,
    signatureStart,
    bodyStart,
  };
}

function unpackField([names, type, modifiers, annotations, span]: PackedField): FieldDeclaration {
  const [start = 0, end = 0, signatureStart = 0, signatureEnd = 0] = span;
  return {
    names,
    type,
    modifiers: unpackModifiers(modifiers),
    annotations: annotations.map(unpackAnnotation),
    start,
    end,
    signatureStart,
    signatureEnd,
  };
}

function unpackType(packed: PackedType): TypeDeclaration {
  const [kind, name, modifiers, annotations, typeParameters, supertypes, components, enumConstants, ...members] =
    packed;
  const [constructors, methods, fields, types, span] = members;
  const [superclass = '', ...interfaces] = supertypes;
  const [start = 0, end = 0, signatureStart = 0, bodyStart = 0, bodyEnd = 0] = span;
  return {
    kind: KINDS[kind] ?? 'class',
    name,
    modifiers: unpackModifiers(modifiers),
    annotations: annotations.map(unpackAnnotation),
    typeParameters,
    superclass,
    interfaces,
    components: components.map(([packed, componentName]) => unpackParameter(packed, componentName)),
    enumConstants,
    constructors: constructors.map((method) => unpackMethod(method, true)),
    methods: methods.map((method) => unpackMethod(method, false)),
    fields: fields.map(unpackField),
    types: types.map(unpackType),
    start,
    end,
    signatureStart,
    bodyStart,
    bodyEnd,
  };
}

function unpackBody([methodStart, flags, calls]: PackedBody): BodyFacts {
  return { methodStart, isEmpty: (flags & 1) !== 0, isBroken: (flags & 2) !== 0, calls: calls.map(unpackCall) };
}

function unpackCall([kindAndRole, name, receiver, values]: PackedCall): CallFacts {
  const kind = CALL_KINDS[kindAndRole % 3] ?? 'method';
  const role = CALL_ROLES[Math.floor(kindAndRole / 3)] ?? 'act';
  return { kind, name, receiver, arguments: values, role };
}

function unpackPublished([className, name, methodStart, isTest, invocations]: PackedPublished): PublishedMethod {
  return { className, name, methodStart, isTest: isTest === 1, invocations };
}
