import type { Reading } from '../java/read-compilation-unit.ts';
import { forEachChild } from '../java/read-declaration-parts.ts';
import type { CallFacts, FieldAssignment, Operand } from './file-facts.ts';

export interface BodyReading {
  readonly calls: readonly CallFacts[];
  readonly assignments: readonly FieldAssignment[];
}

/**
 * Reads the calls of one method body (or of any other node with code), the cursor standing at it. Calls come in the order of their
 * evaluation; `parameters` gives the types of the method's parameters by name.
 */
export function readCalls(reading: Reading, parameters: ReadonlyMap<string, string>): BodyReading {
  const reader = new CallReader(reading);
  for (const [name, type] of parameters) {
    reader.declare(name, `=${type}`);
  }
  reader.read();
  return { calls: reader.calls, assignments: reader.assignments };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ASSERTION =
  /^(?:assert|verify|fail|check(?:That|Equals)|expect(?:Throws|That)|then(?:Thrown|Code)|then$|must|should)/;
/** Stubbing in mock libraries: a call inside is set-up, not an act of the test. */
const STUBBING = new RegExp(
  '^(?:when|given|expect|lenient|do(?:Return|Throw|Nothing|Answer|CallRealMethod)|will(?:Return|Throw|Answer)|' +
    'then(?:Return|Throw|Answer|CallRealMethod))$',
);

/**
 * Nesting below this is not read. It keeps the recursion within the stack of any thread, so that a file gives the same facts wherever it
 * is read; hand-written code stays far below.
 */
const MAX_DEPTH = 400;

class CallReader {
  readonly calls: Mutable<CallFacts>[] = [];
  readonly assignments: FieldAssignment[] = [];
  readonly #reading: Reading;
  readonly #scopes: Map<string, Operand>[] = [new Map()];
  #depth = 0;
  #assertionDepth = 0;
  #stubbingDepth = 0;
  #classBodyDepth = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  declare(name: string, value: Operand): void {
    this.#scopes.at(-1)?.set(name, value);
  }

  /** Reads the cursor's node and gives the value it has, if it is an expression. */
  read(): Operand {
    if (this.#depth === MAX_DEPTH) {
      return '?';
    }
    this.#depth++;
    const value = this.#readNode();
    this.#depth--;
    return value;
  }

  #readNode(): Operand {
    const { cursor, grammar } = this.#reading;
    const { node } = grammar;
    switch (cursor.nodeTypeId) {
      case node.method_invocation:
        return this.#readMethodInvocation();
      case node.object_creation_expression:
        return this.#readObjectCreation();
      case node.method_reference:
        return this.#readMethodReference();
      case node.identifier:
        return this.#readName();
      case node.field_access:
        return this.#readFieldAccess();
      case node.this:
      case node.super:
        return '^';
      case node.parenthesized_expression:
        return this.#readParenthesized();
      case node.cast_expression:
        return this.#readCast();
      case node.array_access:
        return this.#readArrayAccess();
      case node.string_literal:
        return '=String';
      case node.character_literal:
        return '=char';
      case node.true:
      case node.false:
        return '=boolean';
      case node.decimal_integer_literal:
      case node.hex_integer_literal:
        return this.#endsWith(/[lL]$/) ? '=long' : '=int';
      case node.decimal_floating_point_literal:
        return this.#endsWith(/[fF]$/) ? '=float' : '=double';
      case node.unary_expression:
        return this.#readUnary();
      case node.class_literal:
        return '=Class';
      case node.array_creation_expression:
        return this.#readArrayCreation();
      case node.assignment_expression:
        return this.#readAssignment();
      case node.local_variable_declaration:
        return this.#readLocalVariables();
      case node.resource:
      case node.catch_formal_parameter:
      case node.enhanced_for_statement:
        return this.#readTypedVariable();
      case node.type_pattern:
        return this.#readTypePattern();
      case node.lambda_expression:
        return this.#inScope(() => this.#readLambda());
      case node.block:
      case node.for_statement:
      case node.catch_clause:
      case node.try_with_resources_statement:
      case node.switch_block_statement_group:
        return this.#inScope(() => this.#readChildren());
      case node.class_body:
        return this.#readClassBody();
      case node.line_comment:
      case node.block_comment:
      case node.type_identifier:
      case node.modifiers:
        return '?';
      default:
        return this.#readChildren();
    }
  }

  #text(): string {
    const { cursor, source } = this.#reading;
    return source.slice(cursor.startIndex, cursor.endIndex);
  }

  #endsWith(pattern: RegExp): boolean {
    return pattern.test(this.#text());
  }

  #readChildren(): Operand {
    forEachChild(this.#reading.cursor, () => this.read());
    return '?';
  }

  #inScope(read: () => Operand): Operand {
    this.#scopes.push(new Map());
    const value = read();
    this.#scopes.pop();
    return value;
  }

  #lookUp(name: string): Operand | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const value = this.#scopes[index]?.get(name);
      if (value !== undefined) {
        return value;
      }
    }
    return undefined;
  }

  #readName(): Operand {
    const name = this.#text();
    const value = this.#lookUp(name);
    if (value === undefined) {
      return `.${name}`;
    }
    this.#markAsserted(value);
    return value;
  }

  /** A variable that holds a call's result and appears in an assertion makes that call an asserted one. */
  #markAsserted(value: Operand): void {
    const callIndex = /[#@](\d+)$/.exec(value)?.[1];
    if (this.#assertionDepth > 0 && callIndex !== undefined) {
      const call = this.calls[Number(callIndex)];
      if (call !== undefined) {
        call.role = call.role === 'act' ? 'asserted' : call.role;
      }
    }
  }

  #role(): CallFacts['role'] {
    if (this.#stubbingDepth > 0) {
      return 'stub';
    }
    return this.#assertionDepth > 0 ? 'asserted' : 'act';
  }

  #readMethodInvocation(): Operand {
    const { cursor, grammar, source } = this.#reading;
    const { field, node } = grammar;
    let receiver: Operand = '';
    let name = '';
    let values: Operand[] = [];
    forEachChild(cursor, (id) => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === field.object) {
        receiver = this.read();
      } else if (fieldId === field.name) {
        name = source.slice(cursor.startIndex, cursor.endIndex);
      } else if (id === node.super) {
        receiver = '^';
      } else if (fieldId === field.arguments) {
        values = this.#readArgumentsOf(name);
      }
    });
    if (receiver === '' && this.#classBodyDepth > 0) {
      // The call may go to the anonymous class itself, whose members are not indexed.
      receiver = '?';
    }
    return this.#addCall({ kind: 'method', name, receiver, arguments: values, role: this.#role() });
  }

  #readArgumentsOf(methodName: string): Operand[] {
    const isStubbing = STUBBING.test(methodName);
    const isAssertion = !isStubbing && ASSERTION.test(methodName);
    this.#assertionDepth += isAssertion ? 1 : 0;
    this.#stubbingDepth += isStubbing ? 1 : 0;
    const values = this.#readArguments();
    this.#stubbingDepth -= isStubbing ? 1 : 0;
    this.#assertionDepth -= isAssertion ? 1 : 0;
    return values;
  }

  #readArguments(): Operand[] {
    const { cursor, grammar } = this.#reading;
    const { line_comment, block_comment } = grammar.node;
    const values: Operand[] = [];
    forEachChild(cursor, (id) => {
      if (cursor.nodeIsNamed && id !== line_comment && id !== block_comment) {
        values.push(this.read());
      }
    });
    return values;
  }

  #addCall(call: Mutable<CallFacts>): Operand {
    this.calls.push(call);
    return `#${this.calls.length - 1}`;
  }

  #readObjectCreation(): Operand {
    const { cursor, grammar, source } = this.#reading;
    const { field, node } = grammar;
    let type = '';
    let values: Operand[] = [];
    let isAnonymous = false;
    forEachChild(cursor, (id) => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === field.type) {
        type = source.slice(cursor.startIndex, cursor.endIndex);
      } else if (fieldId === field.arguments) {
        values = this.#readArguments();
      } else if (id === node.class_body) {
        isAnonymous = true;
        this.read();
      }
    });
    if (!isAnonymous) {
      this.#addCall({ kind: 'constructor', name: type, receiver: '', arguments: values, role: this.#role() });
    }
    return `=${type}`;
  }

  #readMethodReference(): Operand {
    const { cursor, grammar } = this.#reading;
    const { node } = grammar;
    let receiver: Operand | undefined;
    let name = '';
    forEachChild(cursor, (id) => {
      if (receiver === undefined) {
        receiver = id === node.type_identifier ? `.${this.#text()}` : this.read();
      } else if (id === node.identifier) {
        name = this.#text();
      }
    });
    if (name !== '' && receiver !== undefined) {
      this.#addCall({ kind: 'reference', name, receiver, arguments: [], role: this.#role() });
    }
    return '?';
  }

  #readFieldAccess(): Operand {
    const { cursor, grammar } = this.#reading;
    const { field } = grammar;
    let object: Operand = '?';
    let name = '';
    forEachChild(cursor, () => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === field.object) {
        object = this.read();
      } else if (fieldId === field.field) {
        name = this.#text();
      }
    });
    if (object === '^') {
      return `.${name}`;
    }
    return object.startsWith('.') ? `${object}.${name}` : '?';
  }

  #readParenthesized(): Operand {
    let value: Operand = '?';
    forEachChild(this.#reading.cursor, () => {
      if (this.#reading.cursor.nodeIsNamed) {
        value = this.read();
      }
    });
    return value;
  }

  #readCast(): Operand {
    const { cursor, grammar } = this.#reading;
    let type = '';
    forEachChild(cursor, () => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === grammar.field.type && type === '') {
        type = this.#text();
      } else if (fieldId === grammar.field.value) {
        this.read();
      }
    });
    return `=${type}`;
  }

  #readArrayAccess(): Operand {
    const { cursor, grammar } = this.#reading;
    let array: Operand = '?';
    forEachChild(cursor, () => {
      if (cursor.currentFieldId === grammar.field.array) {
        array = this.read();
      } else if (cursor.nodeIsNamed) {
        this.read();
      }
    });
    const type = array.split('@')[0] ?? '?';
    return type.startsWith('=') && type.endsWith('[]') ? type.slice(0, -2) : '?';
  }

  #readArrayCreation(): Operand {
    const { cursor, grammar } = this.#reading;
    let type = '';
    forEachChild(cursor, () => {
      if (cursor.currentFieldId === grammar.field.type) {
        type = this.#text();
      } else {
        this.read();
      }
    });
    return `=${type}[]`;
  }

  #readUnary(): Operand {
    const { cursor } = this.#reading;
    let value: Operand = '?';
    forEachChild(cursor, () => {
      if (cursor.nodeIsNamed) {
        value = this.read();
      }
    });
    return /^=(?:int|long|float|double|boolean)$/.test(value) ? value : '?';
  }

  #readAssignment(): Operand {
    const { cursor, grammar } = this.#reading;
    const start = cursor.startIndex;
    let target: Operand = '?';
    let targetName = '';
    let value: Operand = '?';
    forEachChild(cursor, (id) => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === grammar.field.left) {
        targetName = id === grammar.node.identifier ? this.#text() : '';
        target = targetName === '' ? this.read() : (this.#lookUp(targetName) ?? `.${targetName}`);
      } else if (fieldId === grammar.field.right) {
        value = this.read();
      }
    });
    if (target.startsWith('.') && value.startsWith('=')) {
      this.assignments.push({ start, field: target.slice(1), type: value.slice(1) });
    } else if (targetName !== '' && (value.startsWith('#') || value.startsWith('='))) {
      this.#refine(targetName, target, value);
    }
    return value;
  }

  /** After `variable = value`, the variable has the value's type where that says more than the declared one. */
  #refine(name: string, declared: Operand, value: Operand): void {
    const scope = this.#scopes.findLast((candidate) => candidate.has(name));
    if (scope !== undefined && (declared === '?' || value.startsWith('='))) {
      scope.set(name, value);
    } else if (scope !== undefined) {
      scope.set(name, `${declared.split('@')[0] ?? '?'}@${value.slice(1)}`);
    }
  }

  #readLocalVariables(): Operand {
    const { cursor, grammar } = this.#reading;
    let type = '';
    forEachChild(cursor, (id) => {
      if (cursor.currentFieldId === grammar.field.type) {
        type = this.#text();
      } else if (id === grammar.node.variable_declarator) {
        this.#readDeclarator(type);
      }
    });
    return '?';
  }

  #readDeclarator(type: string): void {
    const { cursor, grammar } = this.#reading;
    let name = '';
    let value: Operand = '?';
    let dimensions = '';
    forEachChild(cursor, () => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === grammar.field.name) {
        name = this.#text();
      } else if (fieldId === grammar.field.dimensions) {
        dimensions = '[]';
      } else if (fieldId === grammar.field.value) {
        value = this.read();
      }
    });
    this.declare(name, variableOf(type + dimensions, value));
  }

  /** `T name` in a resource, a catch clause or an enhanced for statement. */
  #readTypedVariable(): Operand {
    const { cursor, grammar } = this.#reading;
    const { field } = grammar;
    let type = '';
    let name = '';
    let value: Operand = '?';
    const isLoop = cursor.nodeTypeId === grammar.node.enhanced_for_statement;
    return this.#inLoopScope(isLoop, () => {
      forEachChild(cursor, () => {
        const fieldId = cursor.currentFieldId;
        if (fieldId === field.type) {
          type = this.#text();
        } else if (fieldId === field.name) {
          name = this.#text();
        } else if (fieldId === field.value) {
          value = this.read();
          if (name !== '') {
            this.declare(name, isLoop ? variableOf(type, '?') : variableOf(type, value));
          }
        } else if (cursor.nodeIsNamed) {
          this.read();
        }
      });
      return '?';
    });
  }

  #inLoopScope(isLoop: boolean, read: () => Operand): Operand {
    return isLoop ? this.#inScope(read) : read();
  }

  #readTypePattern(): Operand {
    const { cursor } = this.#reading;
    const words: string[] = [];
    forEachChild(cursor, () => words.push(this.#text()));
    const [type, name] = words.slice(-2);
    if (type !== undefined && name !== undefined) {
      this.declare(name, `=${type}`);
    }
    return '?';
  }

  #readLambda(): Operand {
    const { cursor, grammar, source } = this.#reading;
    forEachChild(cursor, () => {
      if (cursor.currentFieldId === grammar.field.parameters) {
        for (const parameter of this.#text()
          .replace(/^\(|\)$/g, '')
          .split(',')) {
          const words = parameter.trim().split(/\s+/);
          const name = words.at(-1) ?? '';
          const type = words.length > 1 ? words.at(-2) : undefined;
          this.declare(name, type === undefined || type === 'var' ? '?' : `=${type}`);
        }
      } else if (source.slice(cursor.startIndex, cursor.endIndex) !== '->') {
        this.read();
      }
    });
    return '?';
  }

  #readClassBody(): Operand {
    this.#classBodyDepth++;
    const value = this.#inScope(() => this.#readChildren());
    this.#classBodyDepth--;
    return value;
  }
}

/** A variable's value: its initializer's type where that is more exact than the declared one, else the declared type. */
function variableOf(type: string, value: Operand): Operand {
  if (type === 'var' || type === 'val') {
    return value;
  }
  if (value.startsWith('#')) {
    return `=${type}@${value.slice(1)}`;
  }
  const created = value.startsWith('=') && /^=[A-Z]/.test(value) && value !== '=String' && value !== '=Class';
  return created ? value : `=${type}`;
}
