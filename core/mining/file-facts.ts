import type { CompilationUnit } from '../java/compilation-unit.ts';

/**
 * What mining keeps of one file: plain data that depends on the file's path and bytes alone, so that a cache may hold it under the hash
 * of the bytes. Text is not kept; pairs take it from the file by offset.
 */
export interface FileFacts {
  readonly unit: CompilationUnit;
  readonly isGenerated: boolean;
  readonly hasSyntaxErrors: boolean;
  /** Bodies of the methods that may be tests. Only files that may hold tests have any. */
  readonly bodies: readonly BodyFacts[];
  /** Objects that a test class creates for its fields. */
  readonly assignments: readonly FieldAssignment[];
  /** The published miner's view of the file; only in mode `methods2test`. */
  readonly published?: readonly PublishedMethod[];
}

export interface BodyFacts {
  /** `MethodDeclaration.start` of the method. */
  readonly methodStart: number;
  readonly calls: readonly CallFacts[];
  readonly isEmpty: boolean;
  readonly isBroken: boolean;
}

/** A call in a test's body. Operands are not resolved: that needs the other files. */
export interface CallFacts {
  readonly kind: 'method' | 'constructor' | 'reference';
  /** The method's name; for a constructor the source text of the created type. */
  readonly name: string;
  readonly receiver: Operand;
  readonly arguments: readonly Operand[];
  /** `asserted`: the call is an argument of an assertion, or its result is; `stub`: it tells a mock what to answer. */
  readonly role: 'act' | 'asserted' | 'stub';
}

/**
 * What is known about a value by looking at its file alone:
 * - `''`: there is none (an unqualified call);
 * - `?`: nothing is known;
 * - `=Type`: a value of the type with that source text; `=Type@3` when call 3 of the same body gave it;
 * - `.a.b`: a name that is no local variable: a field, a type, or a field of those;
 * - `#3`: the result of call 3 of the same body;
 * - `^`: `this` or `super`.
 */
export type Operand = string;

/** `field = new Type()` somewhere in a test class. */
export interface FieldAssignment {
  /** Offset of the assignment, which tells the class it stands in. */
  readonly start: number;
  readonly field: string;
  /** Source text of the created type. */
  readonly type: string;
}

/** A method as the published miner's parser sees it (methods2test `scripts/TestParser.py`). */
export interface PublishedMethod {
  readonly className: string;
  readonly name: string;
  /** `MethodDeclaration.start` of the method. */
  readonly methodStart: number;
  readonly isTest: boolean;
  /** Distinct names of the invoked methods, in lower case. */
  readonly invocations: readonly string[];
}
