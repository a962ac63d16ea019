import type { JavaAnnotation, JavaParameter } from './compilation-unit.ts';
import type { JavaCursor } from './java-cursor.ts';
import type { Reading } from './read-compilation-unit.ts';

/** Calls `visit` with every child of the cursor's node, the cursor standing at that child, and returns to the node. */
export function forEachChild(cursor: JavaCursor, visit: (nodeTypeId: number) => void): void {
  if (!cursor.gotoFirstChild()) {
    return;
  }
  do {
    visit(cursor.nodeTypeId);
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
}

export interface Modifiers {
  readonly keywords: readonly string[];
  readonly annotations: readonly JavaAnnotation[];
  /** Where the declaration starts after its leading annotations. */
  readonly signatureStart: number;
}

/** Reads a `modifiers` node. */
export function readModifiers({ cursor, grammar, source }: Reading): Modifiers {
  const keywords: string[] = [];
  const annotations: JavaAnnotation[] = [];
  let signatureStart = -1;
  forEachChild(cursor, (id) => {
    const keyword = grammar.modifierKeywords.get(id);
    if (keyword !== undefined) {
      keywords.push(keyword);
      signatureStart = signatureStart < 0 ? cursor.startIndex : signatureStart;
    } else if (id === grammar.node.marker_annotation || id === grammar.node.annotation) {
      annotations.push(readAnnotation(source.slice(cursor.startIndex, cursor.endIndex)));
    }
  });
  return {
    keywords,
    annotations,
    signatureStart: signatureStart < 0 ? skipSpace(source, cursor.endIndex) : signatureStart,
  };
}

/** Reads a `type_parameters` node: the names without bounds. */
export function readTypeParameters({ cursor, grammar, source }: Reading): string[] {
  const names: string[] = [];
  forEachChild(cursor, (id) => {
    if (id === grammar.node.type_parameter) {
      const name = /[A-Za-z_$][\w$]*/.exec(
        source.slice(cursor.startIndex, cursor.endIndex).replace(/@\w+\s*/g, ''),
      )?.[0];
      if (name !== undefined) {
        names.push(name);
      }
    }
  });
  return names;
}

/** Reads a `formal_parameters` node. */
export function readParameters(reading: Reading): JavaParameter[] {
  const { cursor, grammar } = reading;
  const parameters: JavaParameter[] = [];
  forEachChild(cursor, (id) => {
    if (id === grammar.node.formal_parameter) {
      parameters.push(readParameter(reading));
    } else if (id === grammar.node.spread_parameter) {
      parameters.push(readVariableArityParameter(reading));
    }
  });
  return parameters;
}

function readParameter({ cursor, grammar, source }: Reading): JavaParameter {
  let name = '';
  let type = '';
  let dimensions = '';
  forEachChild(cursor, () => {
    const field = cursor.currentFieldId;
    if (field === grammar.field.name) {
      name = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (field === grammar.field.type) {
      type = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (field === grammar.field.dimensions) {
      dimensions = '[]';
    }
  });
  return { name, type: type + dimensions, isVariableArity: false };
}

function readVariableArityParameter({ cursor, grammar, source }: Reading): JavaParameter {
  let name = '';
  let type = '';
  forEachChild(cursor, (id) => {
    if (id === grammar.node.variable_declarator) {
      name = source.slice(cursor.startIndex, cursor.endIndex);
    } else if (id !== grammar.node.modifiers && type === '') {
      type = source.slice(cursor.startIndex, cursor.endIndex);
    }
  });
  return { name, type, isVariableArity: true };
}

function readAnnotation(text: string): JavaAnnotation {
  const parenthesis = text.indexOf('(');
  const name = parenthesis < 0 ? text.slice(1) : text.slice(1, parenthesis);
  return {
    name: name.replaceAll(/\s/g, ''),
    arguments: parenthesis < 0 ? '' : text.slice(parenthesis, parenthesis + 200),
  };
}

function skipSpace(source: string, from: number): number {
  let index = from;
  while (index < source.length && /\s/.test(source.charAt(index))) {
    index++;
  }
  return index;
}
