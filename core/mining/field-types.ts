import type { TypeDeclaration } from '../java/compilation-unit.ts';
import type { TypeResolver } from './resolve-types.ts';
import type { TypeReference, WorkspaceIndex } from './workspace-index.ts';

/** A field that there is, and its type where that is one of the workspace. */
export interface FoundField {
  readonly type: TypeReference | undefined;
}

const MAX_DEPTH = 8;

/** The types of test classes' fields. It remembers them: make one for each file, whose tests ask for the same few. */
export class FieldTypes {
  readonly #known = new Map<TypeDeclaration, Map<string, FoundField | undefined>>();

  constructor(
    private readonly index: WorkspaceIndex,
    private readonly types: TypeResolver,
  ) {}

  /** The field of a type or of what it extends; `undefined` when there is none. */
  typeOf(reference: TypeReference, name: string): FoundField | undefined {
    let known = this.#known.get(reference.type);
    if (known === undefined) {
      known = new Map();
      this.#known.set(reference.type, known);
    }
    if (!known.has(name)) known.set(name, this.#find(reference, name));
    return known.get(name);
  }

  #find(reference: TypeReference, name: string): FoundField | undefined {
    let owner: TypeReference | undefined = reference;
    for (let depth = 0; owner !== undefined && depth < MAX_DEPTH; depth++) {
      const field = owner.type.fields.find((candidate) => candidate.names.includes(name));
      if (field !== undefined) {
        return { type: this.#assignedType(owner, name) ?? this.types.resolve(field.type, this.types.scopeOf(owner)) };
      }
      owner = this.#superclassOf(owner);
    }
    return undefined;
  }

  /** What the class creates for the field says more than the field's declared type, if it is always the same. */
  #assignedType(owner: TypeReference, field: string): TypeReference | undefined {
    const scope = this.types.scopeOf(owner);
    const { assignments } = this.index.factsOf(owner.file);
    const types = assignments
      .filter((one) => one.field === field && one.start >= owner.type.start && one.start < owner.type.end)
      .map((one) => this.types.resolve(one.type, scope));
    const [first] = types;
    return types.every((type) => type?.qualifiedName === first?.qualifiedName) ? first : undefined;
  }

  #superclassOf(reference: TypeReference): TypeReference | undefined {
    const scope = { file: reference.file, enclosing: reference.enclosing, typeParameters: [] };
    return reference.type.superclass === '' ? undefined : this.types.resolve(reference.type.superclass, scope);
  }
}
