import { forEachChild } from '../java/read-declaration-parts.ts';
import type { Operand } from './file-facts.ts';
import { variableOf } from './local-scopes.ts';
import type { ExpressionReader } from './read-calls.ts';

export function readAssignment(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  const start = cursor.startIndex;
  let target: Operand = '?';
  let targetName = '';
  let value: Operand = '?';
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === grammar.field.left) {
      targetName = id === grammar.node.identifier ? reader.text() : '';
      target = targetName === '' ? reader.read(id) : (reader.scopes.lookUp(targetName) ?? `.${targetName}`);
    } else if (fieldId === grammar.field.right) {
      value = reader.read(id);
    }
  });
  if (target.startsWith('.') && value.startsWith('=')) {
    reader.assignments.push({ start, field: target.slice(1), type: value.slice(1) });
  } else if (targetName !== '' && (value.startsWith('#') || value.startsWith('='))) {
    reader.scopes.refine(targetName, target, value);
  }
  return value;
}

export function readLocalVariables(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  let type = '';
  forEachChild(cursor, (id) => {
    if (cursor.currentFieldId === grammar.field.type) {
      type = reader.text();
    } else if (id === grammar.node.variable_declarator) {
      readDeclarator(reader, type);
    }
  });
  return '?';
}

function readDeclarator(reader: ExpressionReader, type: string): void {
  const { cursor, grammar } = reader.reading;
  let name = '';
  let value: Operand = '?';
  let dimensions = '';
  forEachChild(cursor, (id) => {
    const fieldId = cursor.currentFieldId;
    if (fieldId === grammar.field.name) {
      name = reader.text();
    } else if (fieldId === grammar.field.dimensions) {
      dimensions = '[]';
    } else if (fieldId === grammar.field.value) {
      value = reader.read(id);
    }
  });
  reader.scopes.declare(name, variableOf(type + dimensions, value));
}

/** `T name` in a resource, a catch clause or an enhanced for statement. */
export function readTypedVariable(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  const { field } = grammar;
  let type = '';
  let name = '';
  let value: Operand = '?';
  const isLoop = cursor.nodeTypeId === grammar.node.enhanced_for_statement;
  return withinLoop(reader, isLoop, () => {
    forEachChild(cursor, (id) => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === field.type) {
        type = reader.text();
      } else if (fieldId === field.name) {
        name = reader.text();
      } else if (fieldId === field.value) {
        value = reader.read(id);
        if (name !== '') {
          reader.scopes.declare(name, isLoop ? variableOf(type, '?') : variableOf(type, value));
        }
      } else if (!grammar.isToken(id)) {
        reader.read(id);
      }
    });
    return '?';
  });
}

export function readTypePattern(reader: ExpressionReader): Operand {
  const { cursor } = reader.reading;
  const words: string[] = [];
  forEachChild(cursor, () => words.push(reader.text()));
  const [type, name] = words.slice(-2);
  if (type !== undefined && name !== undefined) {
    reader.scopes.declare(name, `=${type}`);
  }
  return '?';
}

export function readLambda(reader: ExpressionReader): Operand {
  const { cursor, grammar } = reader.reading;
  forEachChild(cursor, (id) => {
    if (cursor.currentFieldId === grammar.field.parameters) {
      for (const parameter of reader
        .text()
        .replace(/^\(|\)$/g, '')
        .split(',')) {
        const words = parameter.trim().split(/\s+/);
        const name = words.at(-1) ?? '';
        const type = words.length > 1 ? words.at(-2) : undefined;
        reader.scopes.declare(name, type === undefined || type === 'var' ? '?' : `=${type}`);
      }
    } else if (!grammar.isToken(id)) {
      reader.read(id);
    }
  });
  return '?';
}

function withinLoop(reader: ExpressionReader, isLoop: boolean, read: () => Operand): Operand {
  return isLoop ? reader.scopes.within(read) : read();
}
