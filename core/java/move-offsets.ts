import type { CompilationUnit, FieldDeclaration, MethodDeclaration, TypeDeclaration } from './compilation-unit.ts';

/** The unit with every offset moved, for instance from a skeleton's text to its source. */
export function moveOffsets(unit: CompilationUnit, move: (offset: number) => number): CompilationUnit {
  return {
    ...unit,
    packageEnd: move(unit.packageEnd),
    imports: unit.imports.map((one) => ({ ...one, start: move(one.start), end: move(one.end) })),
    types: unit.types.map((type) => moveType(type, move)),
  };
}

function moveType(type: TypeDeclaration, move: (offset: number) => number): TypeDeclaration {
  return {
    ...type,
    constructors: type.constructors.map((method) => moveMethod(method, move)),
    methods: type.methods.map((method) => moveMethod(method, move)),
    fields: type.fields.map((field) => moveField(field, move)),
    types: type.types.map((nested) => moveType(nested, move)),
    start: move(type.start),
    end: move(type.end),
    signatureStart: move(type.signatureStart),
    bodyStart: move(type.bodyStart),
    bodyEnd: move(type.bodyEnd),
  };
}

function moveMethod(method: MethodDeclaration, move: (offset: number) => number): MethodDeclaration {
  return {
    ...method,
    start: move(method.start),
    end: move(method.end),
    signatureStart: move(method.signatureStart),
    bodyStart: method.bodyStart < 0 ? -1 : move(method.bodyStart),
  };
}

function moveField(field: FieldDeclaration, move: (offset: number) => number): FieldDeclaration {
  return {
    ...field,
    start: move(field.start),
    end: move(field.end),
    signatureStart: move(field.signatureStart),
    signatureEnd: move(field.signatureEnd),
  };
}
