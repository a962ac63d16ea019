import { forEachChild } from '../java/read-declaration-parts.ts';
import type { Operand } from './file-facts.ts';
import type { ExpressionReader } from './read-calls.ts';

export function readParenthesized(reader: ExpressionReader): Operand {
  let value: Operand = '?';
  forEachChild(reader.reading.cursor, (id) => {
    if (!reader.reading.grammar.isToken(id)) {
      value = reader.read(id);
    }
  });
  return value;
}

export function readCast(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let type = '';
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === grammar.field.type && type === '') {
      type = reader.text();
    } else if (fieldId === grammar.field.value) {
      reader.read(id);
    }
  });
  return `=${type}`;
}

export function readArrayAccess(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let array: Operand = '?';
  forEachChild(cursor, (id) => {
    if (cursor.currentFieldId === grammar.field.array) {
      array = reader.read(id);
    } else if (!grammar.isToken(id)) {
      reader.read(id);
    }
  });
  const type = array.split('@')[0] ?? '?';
  return type.startsWith('=') && type.endsWith('[]') ? type.slice(0, -2) : '?';
}

export function readArrayCreation(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let type = '';
  forEachChild(cursor, (id) => {
    if (cursor.currentFieldId === grammar.field.type) {
      type = reader.text();
    } else {
      reader.read(id);
    }
  });
  return `=${type}[]`;
}

export function readUnary(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let value: Operand = '?';
  forEachChild(cursor, (id) => {
    if (!grammar.isToken(id)) {
      value = reader.read(id);
    }
  });
  return /^=(?:int|long|float|double|boolean)$/.test(value) ? value : '?';
}

export function readFieldAccess(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  const { field } = grammar;
  let object: Operand = '?';
  let name = '';
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === field.object) {
      object = reader.read(id);
    } else if (fieldId === field.field) {
      name = reader.text();
    }
  });
  if (object === '^') {
    return `.${name}`;
  }
  return object.startsWith('.') ? `${object}.${name}` : '?';
}
