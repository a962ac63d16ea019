import type { Reading } from '../java/read-compilation-unit.ts';
import { forEachChild } from '../java/read-declaration-parts.ts';
import type { CallFacts, FieldAssignment, Operand } from './file-facts.ts';
import { LocalScopes } from './local-scopes.ts';
import {
  readArrayAccess,
  readArrayCreation,
  readCast,
  readFieldAccess,
  readParenthesized,
  readUnary,
} from './read-values.ts';
import {
  readAssignment,
  readLambda,
  readLocalVariables,
  readTypedVariable,
  readTypePattern,
} from './read-variables.ts';

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
    reader.scopes.declare(name, `=${type}`);
  }
  reader.read(reading.cursor.nodeTypeId);
  return { calls: reader.calls, assignments: reader.assignments };
}

/** What the readers of single constructs need of the reader of a whole body. The cursor stands at the construct to read. */
export interface ExpressionReader {
  readonly reading: Reading;
  readonly scopes: LocalScopes;
  readonly assignments: FieldAssignment[];
  /** Reads the cursor's node, whose type has the id, and gives the value it has, if it is an expression. */
  read(nodeTypeId: number): Operand;
  /** Source text of the cursor's node. */
  text(): string;
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

class CallReader implements ExpressionReader {
  readonly calls: Mutable<CallFacts>[] = [];
  readonly assignments: FieldAssignment[] = [];
  readonly reading: Reading;
  readonly scopes = new LocalScopes();
  #depth = 0;
  #assertionDepth = 0;
  #stubbingDepth = 0;
  #classBodyDepth = 0;

  constructor(reading: Reading) {
    this.reading = reading;
  }

  read(nodeTypeId: number): Operand {
    if (this.#depth === MAX_DEPTH) {
      return '?';
    }
    this.#depth++;
    const value = this.#readNode(nodeTypeId);
    this.#depth--;
    return value;
  }

  #readNode(nodeTypeId: number): Operand {
    const { node } = this.reading.grammar;
    switch (nodeTypeId) {
      case node.method_invocation:
        return this.#readMethodInvocation();
      case node.object_creation_expression:
        return this.#readObjectCreation();
      case node.method_reference:
        return this.#readMethodReference();
      case node.identifier:
        return this.#readName();
      case node.field_access:
        return readFieldAccess(this);
      case node.this:
      case node.super:
        return '^';
      case node.parenthesized_expression:
        return readParenthesized(this);
      case node.cast_expression:
        return readCast(this);
      case node.array_access:
        return readArrayAccess(this);
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
        return readUnary(this);
      case node.class_literal:
        return '=Class';
      case node.array_creation_expression:
        return readArrayCreation(this);
      case node.assignment_expression:
        return readAssignment(this);
      case node.local_variable_declaration:
        return readLocalVariables(this);
      case node.resource:
      case node.catch_formal_parameter:
      case node.enhanced_for_statement:
        return readTypedVariable(this);
      case node.type_pattern:
        return readTypePattern(this);
      case node.lambda_expression:
        return this.scopes.within(() => readLambda(this));
      case node.block:
      case node.for_statement:
      case node.catch_clause:
      case node.try_with_resources_statement:
      case node.switch_block_statement_group:
        return this.scopes.within(() => this.#readChildren());
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

  text(): string {
    const { cursor, source } = this.reading;
    return source.slice(cursor.startIndex, cursor.endIndex);
  }

  #endsWith(pattern: RegExp): boolean {
    return pattern.test(this.text());
  }

  #readChildren(): Operand {
    const { cursor, grammar } = this.reading;
    forEachChild(cursor, (id) => {
      if (!grammar.isToken(id)) {
        this.read(id);
      }
    });
    return '?';
  }

  #readName(): Operand {
    const name = this.text();
    const value = this.scopes.lookUp(name);
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
    const { cursor, grammar, source } = this.reading;
    const { field, node } = grammar;
    let receiver: Operand = '';
    let name = '';
    let values: Operand[] = [];
    forEachChild(cursor, (id) => {
      const fieldId = cursor.currentFieldId;
      if (fieldId === field.object) {
        receiver = this.read(id);
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
    const { cursor, grammar } = this.reading;
    const { line_comment, block_comment } = grammar.node;
    const values: Operand[] = [];
    forEachChild(cursor, (id) => {
      if (!grammar.isToken(id) && id !== line_comment && id !== block_comment) {
        values.push(this.read(id));
      }
    });
    return values;
  }

  #addCall(call: Mutable<CallFacts>): Operand {
    this.calls.push(call);
    return `#${this.calls.length - 1}`;
  }

  #readObjectCreation(): Operand {
    const { cursor, grammar, source } = this.reading;
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
        this.read(id);
      }
    });
    if (!isAnonymous) {
      this.#addCall({ kind: 'constructor', name: type, receiver: '', arguments: values, role: this.#role() });
    }
    return `=${type}`;
  }

  #readMethodReference(): Operand {
    const { cursor, grammar } = this.reading;
    const { node } = grammar;
    let receiver: Operand | undefined;
    let name = '';
    forEachChild(cursor, (id) => {
      if (receiver === undefined) {
        receiver = id === node.type_identifier ? `.${this.text()}` : this.read(id);
      } else if (id === node.identifier) {
        name = this.text();
      }
    });
    if (name !== '' && receiver !== undefined) {
      this.#addCall({ kind: 'reference', name, receiver, arguments: [], role: this.#role() });
    }
    return '?';
  }

  #readClassBody(): Operand {
    this.#classBodyDepth++;
    const value = this.scopes.within(() => this.#readChildren());
    this.#classBodyDepth--;
    return value;
  }
}
