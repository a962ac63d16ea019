import { forEachChild } from '../java/read-declaration-parts.ts';
import type { Operand } from './file-facts.ts';
import type { ExpressionReader } from './read-calls.ts';

export function readParenthesized(reader: ExpressionReader): Operand {
  let value: Operand = '?';
  forEachChild(reader.reading.cursor, () => {
    if (reader.reading.cursor.nodeIsNamed) {
      value = reader.read();
    }
  });
  return value;
}

export function readCast(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let type = '';
  forEachChild(cursor, () => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === grammar.field.type && type === '') {
      type = reader.text();
    } else if (fieldId === grammar.field.value) {
      reader.read();
    }
  });
  return `=${type}`;
}

export function readArrayAccess(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let array: Operand = '?';
  forEachChild(cursor, () => {
    if (cursor.currentFieldId === grammar.field.array) {
      array = reader.read();
    } else if (cursor.nodeIsNamed) {
      reader.read();
    }
  });
  const type = array.split('@')[0] ?? '?';
  return type.startsWith('=') && type.endsWith('[]') ? type.slice(0, -2) : '?';
}

export function readArrayCreation(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let type = '';
  forEachChild(cursor, () => {
    if (cursor.currentFieldId === grammar.field.type) {
      type = reader.text();
    } else {
      reader.read();
    }
  });
  return `=${type}[]`;
}

export function readUnary(reader: ExpressionReader): Operand {
  const { cursor } = reader.reading;
  let value: Operand = '?';
  forEachChild(cursor, () => {
    if (cursor.nodeIsNamed) {
      value = reader.read();
    }
  });
  return /^=(?:int|long|float|double|boolean)$/.test(value) ? value : '?';
}

export function readFieldAccess(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  const { field } = grammar;
  let object: Operand = '?';
  let name = '';
  forEachChild(cursor, () => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === field.object) {
      object = reader.read();
    } else if (fieldId === field.field) {
      name = reader.text();
    }
  });
  if (object === '^') {
    return `.${name}`;
  }
  return object.startsWith('.') ? `${object}.${name}` : '?';
}
