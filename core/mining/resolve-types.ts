import type { MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import { type IndexedFile, nestedType, qualify, type TypeReference, type WorkspaceIndex } from './workspace-index.ts';

/** Where a name stands: the file and the types around it, outermost first. */
export interface Scope {
  readonly file: IndexedFile;
  readonly enclosing: readonly TypeDeclaration[];
  /** Type parameters of the method around it. */
  readonly typeParameters: readonly string[];
}

export interface FoundMethods {
  readonly owner: TypeReference;
  /** All methods of that name that the owner declares. */
  readonly methods: readonly MethodDeclaration[];
}

const MAX_SUPERTYPES = 12;

/**
 * Resolves names to types of the workspace by Java's rules. Types from outside, and type parameters, resolve to undefined. It remembers
 * what it resolved: make one for each test file.
 */
export class TypeResolver {
  readonly #index: WorkspaceIndex;
  /** What names mean in a type, or in a file outside its types: the tests of a file ask for the same few again and again. */
  readonly #known = new Map<TypeDeclaration | IndexedFile, Map<string, TypeReference | undefined>>();
  readonly #importedNames = new Map<IndexedFile, Map<string, TypeReference | undefined>>();
  readonly #methods = new Map<TypeDeclaration, ReadonlyMap<string, readonly MethodDeclaration[]>>();
  /** Qualified names that no file of the workspace declares: most imports are such. */
  readonly #external = new Set<string>();

  constructor(index: WorkspaceIndex) {
    this.#index = index;
  }

  /** Resolves the source text of a type: arguments are ignored, arrays are no types of the workspace. */
  resolve(typeText: string, scope: Scope): TypeReference | undefined {
    if (scope.typeParameters.length > 0) return this.#resolveText(typeText, scope);
    const known = mapOf(this.#known, scope.enclosing.at(-1) ?? scope.file);
    if (!known.has(typeText)) known.set(typeText, this.#resolveText(typeText, scope));
    return known.get(typeText);
  }

  #resolveText(typeText: string, scope: Scope): TypeReference | undefined {
    const name = erasure(typeText);
    return name === '' || name.endsWith(']') ? undefined : this.#resolveDotted(name.split('.'), scope);
  }

  /** The scope inside a type. */
  scopeOf(reference: TypeReference): Scope {
    return { file: reference.file, enclosing: [...reference.enclosing, reference.type], typeParameters: [] };
  }

  /** The types that a type extends and implements, as far as they are in the workspace. */
  supertypesOf(reference: TypeReference): TypeReference[] {
    const { type } = reference;
    const scope = { file: reference.file, enclosing: reference.enclosing, typeParameters: [] };
    const names = type.superclass === '' ? type.interfaces : [type.superclass, ...type.interfaces];
    return names.flatMap((name) => this.resolve(name, scope) ?? []);
  }

  isSubtype(reference: TypeReference, supertype: TypeReference): boolean {
    let pending = [reference];
    for (let round = 0; round < MAX_SUPERTYPES && pending.length > 0; round++) {
      if (pending.some((candidate) => candidate.qualifiedName === supertype.qualifiedName)) {
        return true;
      }
      pending = pending.flatMap((candidate) => this.supertypesOf(candidate));
    }
    return false;
  }

  /** Finds methods by name where Java does: in the type itself, else in its nearest supertype that has one. */
  methodsOf(reference: TypeReference, name: string): FoundMethods | undefined {
    let pending = [reference];
    for (let round = 0; round < MAX_SUPERTYPES && pending.length > 0; round++) {
      for (const owner of pending) {
        const methods = this.#methodsByName(owner.type).get(name);
        if (methods !== undefined) {
          return { owner, methods };
        }
      }
      pending = pending.flatMap((candidate) => this.supertypesOf(candidate));
    }
    return undefined;
  }

  #methodsByName(type: TypeDeclaration): ReadonlyMap<string, readonly MethodDeclaration[]> {
    const known = this.#methods.get(type);
    if (known !== undefined) return known;
    const methods = new Map<string, MethodDeclaration[]>();
    for (const method of type.methods) {
      const named = methods.get(method.name);
      if (named === undefined) methods.set(method.name, [method]);
      else named.push(method);
    }
    this.#methods.set(type, methods);
    return methods;
  }

  /** The type that an import or a qualified name means; nested types are found too. */
  byQualifiedName(name: string, near: IndexedFile): TypeReference | undefined {
    if (this.#external.has(name)) {
      return undefined;
    }
    const segments = name.split('.');
    for (let length = segments.length; length > 0; length--) {
      const file = nearest(this.#index.filesDeclaring(segments.slice(0, length).join('.')), near);
      const type = file && this.#index.topLevelType(file, segments[length - 1] ?? '');
      if (type !== undefined) {
        return segments
          .slice(length)
          .reduce<TypeReference | undefined>((outer, segment) => outer && nestedType(outer, segment), type);
      }
    }
    this.#external.add(name);
    return undefined;
  }

  #resolveDotted(segments: readonly string[], scope: Scope): TypeReference | undefined {
    const [first = '', ...rest] = segments;
    if (scope.typeParameters.includes(first) || scope.enclosing.some((type) => type.typeParameters.includes(first))) {
      return undefined;
    }
    const start = this.#resolveSimple(first, scope);
    if (start === undefined) {
      return rest.length === 0 ? undefined : this.byQualifiedName(segments.join('.'), scope.file);
    }
    return rest.reduce<TypeReference | undefined>((outer, segment) => outer && this.#memberType(outer, segment), start);
  }

  #resolveSimple(name: string, scope: Scope): TypeReference | undefined {
    return (
      this.#inEnclosingTypes(name, scope) ??
      this.#index.topLevelType(scope.file, name) ??
      this.#imported(name, scope.file)
    );
  }

  #inEnclosingTypes(name: string, { file, enclosing }: Scope): TypeReference | undefined {
    for (let depth = enclosing.length; depth > 0; depth--) {
      const around = referenceTo(file, enclosing.slice(0, depth));
      if (around === undefined) {
        continue;
      }
      const found = around.type.name === name ? around : this.#memberType(around, name);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** A type declared in another or, as Java has it, inherited by it. */
  #memberType(outer: TypeReference, name: string): TypeReference | undefined {
    const own = nestedType(outer, name);
    if (own !== undefined || (outer.type.superclass === '' && outer.type.interfaces.length === 0)) {
      return own;
    }
    const scope = { file: outer.file, enclosing: outer.enclosing, typeParameters: [] };
    const isSelfNamed = [outer.type.superclass, ...outer.type.interfaces].some(
      (text) => erasure(text).split('.')[0] === name,
    );
    if (isSelfNamed) {
      return undefined;
    }
    for (const text of [outer.type.superclass, ...outer.type.interfaces]) {
      const supertype = text === '' ? undefined : this.resolve(text, scope);
      const inherited = supertype && nestedType(supertype, name);
      if (inherited !== undefined) {
        return inherited;
      }
    }
    return undefined;
  }

  #imported(name: string, file: IndexedFile): TypeReference | undefined {
    const names = mapOf(this.#importedNames, file);
    if (!names.has(name)) names.set(name, this.#findImported(name, file));
    return names.get(name);
  }

  #findImported(name: string, file: IndexedFile): TypeReference | undefined {
    const { imports } = this.#index.factsOf(file).unit;
    const single = imports.find((one) => !one.isOnDemand && (one.name === name || one.name.endsWith(`.${name}`)));
    if (single !== undefined && !single.isStatic) {
      return this.byQualifiedName(single.name, file);
    }
    const inPackage = this.byQualifiedName(qualify(file.package, name), file);
    if (inPackage !== undefined) {
      return inPackage;
    }
    for (const onDemand of imports) {
      const found = onDemand.isOnDemand ? this.byQualifiedName(`${onDemand.name}.${name}`, file) : undefined;
      if (found !== undefined) {
        return found;
      }
    }
    return single === undefined ? undefined : this.byQualifiedName(single.name, file);
  }
}

function mapOf<K, V>(maps: Map<K, Map<string, V>>, key: K): Map<string, V> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, V>();
  maps.set(key, made);
  return made;
}

/** The source text of a type without annotations and type arguments: `Map.Entry` for `Map.Entry<K, V>`. */
export function erasure(typeText: string): string {
  let text = typeText;
  if (text.includes('@')) {
    text = text.replaceAll(/@[\w.]+(?:\([^)]*\))?\s*/g, '');
  }
  if (text.includes('<')) {
    let depth = 0;
    let kept = '';
    for (const character of text) {
      depth += character === '<' ? 1 : 0;
      kept += depth === 0 ? character : '';
      depth -= character === '>' ? 1 : 0;
    }
    text = kept;
  }
  return text.replaceAll(/\s/g, '');
}

function referenceTo(file: IndexedFile, chain: readonly TypeDeclaration[]): TypeReference | undefined {
  const type = chain.at(-1);
  const enclosing = chain.slice(0, -1);
  return (
    type && { file, type, enclosing, qualifiedName: qualify(file.package, chain.map((one) => one.name).join('.')) }
  );
}

/** Modules may repeat a qualified name: the own module's type comes first, main code before test code, else by path. */
function nearest(files: readonly IndexedFile[], near: IndexedFile): IndexedFile | undefined {
  const distance = (file: IndexedFile): number =>
    (file.sourceSet.module === near.sourceSet.module ? 0 : 2) + (file.sourceSet.isTest ? 1 : 0);
  return files.length < 2
    ? files[0]
    : files.toSorted((a, b) => distance(a) - distance(b) || (a.path < b.path ? -1 : 1))[0];
}
