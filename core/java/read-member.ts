import type { FieldDeclaration, MethodDeclaration } from './compilation-unit.ts';
import type { Reading } from './read-compilation-unit.ts';
import {
  forEachChild,
  type Modifiers,
  readModifiers,
  readParameters,
  readTypeParameters,
} from './read-declaration-parts.ts';

/** Reads a `method_declaration`, `constructor_declaration` or `compact_constructor_declaration` node. */
export function readMethod(reading: Reading, isConstructor: boolean): MethodDeclaration {
  const { cursor, grammar, source } = reading;
  const { node, field } = grammar;
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  let modifiers: Modifiers = { keywords: [], annotations: [], signatureStart: start };
  let name = '';
  let returnType = '';
  let typeParameters: string[] = [];
  let parameters: MethodDeclaration['parameters'] = [];
  let bodyStart = -1;
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (id === node.modifiers) {
      modifiers = readModifiers(reading);
    } else if (fieldId === field.name) {
      name = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (fieldId === field.type) {
      returnType = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (id === node.type_parameters) {
      typeParameters = readTypeParameters(reading);
    } else if (fieldId === field.parameters) {
      parameters = readParameters(reading);
    } else if (fieldId === field.body) {
      bodyStart = cursor.startIndex;
    }
  });
  return {
    name,
    isConstructor,
    modifiers: modifiers.keywords,
    annotations: modifiers.annotations,
    typeParameters,
    returnType,
    parameters,
    start,
    end,
    signatureStart: modifiers.signatureStart,
    bodyStart,
  };
}

/** Reads a `field_declaration` or `constant_declaration` node. */
export function readField(reading: Reading): FieldDeclaration {
  const { cursor, grammar, source } = reading;
  const { node, field } = grammar;
  const start = cursor.startIndex;
  const end = cursor.endIndex;
  let modifiers: Modifiers = { keywords: [], annotations: [], signatureStart: start };
  let type = '';
  let signatureEnd = -1;
  const names: string[] = [];
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (id === node.modifiers) {
      modifiers = readModifiers(reading);
    } else if (fieldId === field.type) {
      type = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (id === node.variable_declarator) {
      const nameEnd = readDeclaratorName(reading, names);
      signatureEnd = signatureEnd < 0 ? nameEnd : signatureEnd;
    }
  });
  return {
    names,
    type,
    modifiers: modifiers.keywords,
    annotations: modifiers.annotations,
    start,
    end,
    signatureStart: modifiers.signatureStart,
    signatureEnd: signatureEnd < 0 ? end : signatureEnd,
  };
}

/** Appends the declarator's name to `names` and returns the offset where the name and its dimensions end. */
function readDeclaratorName({ cursor, grammar, source }: Reading, names: string[]): number {
  let end = cursor.endIndex;
  forEachChild(cursor, () => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === grammar.field.name) {
      names.push(source.slice(cursor.startIndex, cursor.endIndex));
      end = cursor.endIndex;
    } else if (fieldId === grammar.field.dimensions) {
      end = cursor.endIndex;
    }
  });
  return end;
}
