import type { MethodDeclaration } from '../java/compilation-unit.ts';
import type { FieldTypes } from './field-types.ts';
import type { BodyFacts, CallFacts, Operand } from './file-facts.ts';
import type { TestCase } from './recognize-tests.ts';
import type { FoundMethods, Scope, TypeResolver } from './resolve-types.ts';
import { type IndexedFile, qualify, type TypeReference, type WorkspaceIndex } from './workspace-index.ts';

/** A call of a test, with what it goes to. */
export interface ResolvedCall {
  readonly call: CallFacts;
  /** The method found by name, not yet by overload; undefined when the receiver's type is unknown or from outside. */
  readonly found?: FoundMethods;
  /** Type of the object that the method is called on, where it is one of the workspace. */
  readonly receiver?: TypeReference;
  /** The created type, for a constructor of the workspace. */
  readonly created?: TypeReference;
  /** Types of the arguments as far as known: `int`, `String`, `a.b.Foo`; `?` when not. */
  readonly argumentTypes: readonly string[];
}

/** Resolves the calls of a test's body: receivers by declared types, fields, chains of calls, and static imports. */
export function resolveCalls(
  test: TestCase,
  body: BodyFacts,
  file: IndexedFile,
  index: WorkspaceIndex,
  types: TypeResolver,
  fieldTypes: FieldTypes,
): ResolvedCall[] {
  return new BodyResolver(test, body, file, index, types, fieldTypes).resolve();
}

class BodyResolver {
  readonly #body: BodyFacts;
  readonly #file: IndexedFile;
  readonly #index: WorkspaceIndex;
  readonly #types: TypeResolver;
  readonly #fieldTypes: FieldTypes;
  readonly #scope: Scope;
  readonly #results: (TypeReference | undefined)[] = [];
  /** The types around the test, innermost first. */
  readonly #around: readonly TypeReference[];

  constructor(
    test: TestCase,
    body: BodyFacts,
    file: IndexedFile,
    index: WorkspaceIndex,
    types: TypeResolver,
    fieldTypes: FieldTypes,
  ) {
    this.#body = body;
    this.#file = file;
    this.#index = index;
    this.#types = types;
    this.#fieldTypes = fieldTypes;
    this.#around = referencesTo(file, test.enclosing);
    this.#scope = { file, enclosing: test.enclosing, typeParameters: test.method.typeParameters };
  }

  resolve(): ResolvedCall[] {
    return this.#body.calls.map((call) => {
      const argumentTypes = call.arguments.map((operand) => this.#typeName(operand));
      if (call.kind === 'constructor') {
        const created = this.#types.resolve(call.name, this.#scope);
        this.#results.push(created);
        return created === undefined ? { call, argumentTypes } : { call, created, argumentTypes };
      }
      const isUnqualified = call.receiver === '' || call.receiver === '^';
      const receiver = isUnqualified ? undefined : this.#typeOf(call.receiver);
      const found = isUnqualified
        ? this.#findUnqualified(call)
        : receiver && this.#types.methodsOf(receiver, call.name);
      this.#results.push(found && this.#resultType(found, call.arguments.length));
      return { call, argumentTypes, ...(found && { found }), ...(receiver && { receiver }) };
    });
  }

  #findUnqualified({ name, receiver }: CallFacts): FoundMethods | undefined {
    return this.#inEnclosingTypes(name) ?? (receiver === '' ? this.#staticallyImported(name) : undefined);
  }

  #inEnclosingTypes(name: string): FoundMethods | undefined {
    for (const reference of this.#around) {
      const found = this.#types.methodsOf(reference, name);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #staticallyImported(name: string): FoundMethods | undefined {
    for (const one of this.#index.factsOf(this.#file).unit.imports) {
      if (!one.isStatic || !(one.isOnDemand || one.name.endsWith(`.${name}`))) {
        continue;
      }
      const owner = one.isOnDemand ? one.name : one.name.slice(0, -name.length - 1);
      const type = this.#types.byQualifiedName(owner, this.#file);
      const found = type && this.#types.methodsOf(type, name);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #typeOf(operand: Operand): TypeReference | undefined {
    if (operand.startsWith('=')) {
      return this.#types.resolve(operand.slice(1).split('@')[0] ?? '', this.#scope);
    }
    if (operand.startsWith('#')) {
      return this.#results[Number(operand.slice(1))];
    }
    if (operand === '^') {
      return this.#around[0];
    }
    return operand.startsWith('.') ? this.#typeOfName(operand.slice(1).split('.')) : undefined;
  }

  #typeOfName([first = '', ...rest]: readonly string[]): TypeReference | undefined {
    const start = this.#fieldType(first);
    if (start === undefined) {
      // Not a field: the whole is a type, or a field of one.
      return this.#types.resolve([first, ...rest].join('.'), this.#scope) ?? this.#constantType([first, ...rest]);
    }
    return rest.reduce<TypeReference | undefined>((owner, name) => owner && this.#fieldTypeIn(owner, name), start.type);
  }

  #constantType(names: readonly string[]): TypeReference | undefined {
    const owner = names.length > 1 ? this.#types.resolve(names.slice(0, -1).join('.'), this.#scope) : undefined;
    const constant = names.at(-1) ?? '';
    if (owner?.type.enumConstants.includes(constant)) {
      return owner;
    }
    return owner && this.#fieldTypeIn(owner, constant);
  }

  /** The type of a field of the test classes or of what they extend; undefined inside when there is the field but not its type. */
  #fieldType(name: string): { type: TypeReference | undefined } | undefined {
    for (const reference of this.#around) {
      const found = this.#fieldTypes.typeOf(reference, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #fieldTypeIn(owner: TypeReference, name: string): TypeReference | undefined {
    const field = owner.type.fields.find((candidate) => candidate.names.includes(name));
    return field && this.#types.resolve(field.type, this.#types.scopeOf(owner));
  }

  #resultType({ owner, methods }: FoundMethods, argumentCount: number): TypeReference | undefined {
    const method = methods.find((candidate) => accepts(candidate, argumentCount)) ?? methods[0];
    if (method === undefined) {
      return undefined;
    }
    const scope = { ...this.#types.scopeOf(owner), typeParameters: method.typeParameters };
    return this.#types.resolve(method.returnType, scope);
  }

  #typeName(operand: Operand): string {
    if (operand.startsWith('=')) {
      return operand.slice(1).split('@')[0] ?? '?';
    }
    return this.#typeOf(operand)?.type.name ?? this.#declaredTypeName(operand) ?? '?';
  }

  /** The source text of a field's declared type, for types from outside. */
  #declaredTypeName(operand: Operand): string | undefined {
    if (!operand.startsWith('.')) {
      return undefined;
    }
    const name = operand.slice(1);
    for (const type of this.#scope.enclosing) {
      const field = type.fields.find((candidate) => candidate.names.includes(name));
      if (field !== undefined) {
        return field.type;
      }
    }
    return undefined;
  }
}

function referencesTo(file: IndexedFile, chain: TestCase['enclosing']): TypeReference[] {
  return chain
    .map((type, depth) => ({
      file,
      type,
      enclosing: chain.slice(0, depth),
      qualifiedName: qualify(
        file.package,
        chain
          .slice(0, depth + 1)
          .map(({ name }) => name)
          .join('.'),
      ),
    }))
    .reverse();
}

/** True when the method can be called with that many arguments. */
export function accepts(method: MethodDeclaration, argumentCount: number): boolean {
  const { length } = method.parameters;
  return method.parameters.at(-1)?.isVariableArity === true ? argumentCount >= length - 1 : argumentCount === length;
}
