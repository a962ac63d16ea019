import type { TypeDeclaration } from '../java/compilation-unit.ts';
import type { FileOutline } from './extraction.ts';
import type { FileFacts } from './file-facts.ts';
import type { CachedFile } from './mining-cache.ts';
import { unpackFacts } from './pack-facts.ts';
import { type SourceSet, sourceSetOf } from './source-sets.ts';

/** A file as the index knows it: small, because there is one for every file of the workspace. */
export interface IndexedFile {
  readonly path: string;
  readonly package: string;
  readonly sourceSet: SourceSet;
  readonly isGenerated: boolean;
  /** The file has methods that may be tests. */
  readonly mayHoldTests: boolean;
}

/** A type of the workspace, with the types it is nested in. */
export interface TypeReference {
  readonly file: IndexedFile;
  readonly type: TypeDeclaration;
  /** Outermost first; empty for a top-level type. */
  readonly enclosing: readonly TypeDeclaration[];
  /** Dotted: package, enclosing types, name. */
  readonly qualifiedName: string;
}

const KEPT_FACTS = 384;

/**
 * Names and signatures of the whole workspace. Only names are kept as objects; a file's facts stay bytes and are read when they are
 * needed, the last ones being kept. So memory grows with the signatures' text, not with the number of objects they would make.
 */
export class WorkspaceIndex {
  readonly #cached: Map<string, CachedFile>;
  readonly #packages = new Map<string, string>();
  readonly #sourceSets = new Map<string, SourceSet>();
  readonly #files = new Map<string, IndexedFile>();
  /** Top-level types by qualified name: several when modules repeat a name. */
  readonly #byQualifiedName = new Map<string, IndexedFile | IndexedFile[]>();
  /** Main types that are named like their file, by simple name. */
  readonly #mainTypes = new Map<string, IndexedFile | IndexedFile[]>();
  readonly #recentFacts = new Map<string, FileFacts>();
  #latest: { readonly file: IndexedFile; readonly facts: FileFacts } | undefined;
  #asked: Set<string> | undefined;

  constructor(cached: ReadonlyMap<string, CachedFile>) {
    this.#cached = new Map(cached);
    for (const { path, outline, facts } of cached.values()) {
      if (facts.length > 0) {
        this.#add(path, outline);
      }
    }
  }

  #add(path: string, outline: FileOutline): void {
    const packageName = shared(this.#packages, outline.package);
    const sourceSet = sourceSetOf(path, packageName);
    const sourceSetKey = `${sourceSet.root}\n${sourceSet.module}\n${sourceSet.isTest}`;
    const sharedSet = this.#sourceSets.get(sourceSetKey) ?? sourceSet;
    this.#sourceSets.set(sourceSetKey, sharedSet);
    const { isGenerated, mayHoldTests } = outline;
    const file = { path, package: packageName, sourceSet: sharedSet, isGenerated, mayHoldTests };
    this.#files.set(path, file);
    for (const type of outline.types) {
      put(this.#byQualifiedName, qualify(packageName, type), file);
      if (type === nameOfFile(path) && !sourceSet.isTest) {
        put(this.#mainTypes, type, file);
      }
    }
  }

  /** Takes in a file as it is now. The next answers are those of an index that is made anew. */
  update(changed: CachedFile): void {
    const { path, outline, facts } = changed;
    const known = this.#files.get(path);
    for (const type of this.#cached.get(path)?.outline.types ?? []) {
      if (known === undefined) break;
      remove(this.#byQualifiedName, qualify(known.package, type), known);
      remove(this.#mainTypes, type, known);
    }
    this.#recentFacts.delete(path);
    this.#latest = undefined;
    this.#cached.set(path, changed);
    if (facts.length > 0) this.#add(path, outline);
    else this.#files.delete(path);
  }

  /** What `use` gives, and what it asked of the index for it, as keys that {@link keysOfChange} gives for a changed file. */
  traced<T>(use: () => T): { readonly value: T; readonly asked: readonly string[] } {
    const asked = new Set<string>();
    this.#asked = asked;
    try {
      return { value: use(), asked: [...asked] };
    } finally {
      this.#asked = undefined;
    }
  }

  get files(): Iterable<IndexedFile> {
    return this.#files.values();
  }

  file(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  factsOf(file: IndexedFile): FileFacts {
    this.#asked?.add(keys.facts(file.path));
    // The same file is asked for many times in a row.
    if (this.#latest?.file !== file) this.#latest = { file, facts: this.#readFacts(file) };
    return this.#latest.facts;
  }

  #readFacts(file: IndexedFile): FileFacts {
    const recent = this.#recentFacts.get(file.path);
    if (recent !== undefined) {
      this.#recentFacts.delete(file.path);
      this.#recentFacts.set(file.path, recent);
      return recent;
    }
    const bytes = this.#cached.get(file.path)?.facts;
    if (bytes === undefined) {
      throw new Error(`There are no facts of ${file.path}: only indexed files may be asked for.`);
    }
    const facts = unpackFacts(bytes.toString('utf8'));
    this.#recentFacts.set(file.path, facts);
    if (this.#recentFacts.size > KEPT_FACTS) {
      for (const oldest of this.#recentFacts.keys()) {
        this.#recentFacts.delete(oldest);
        break;
      }
    }
    return facts;
  }

  /** Files that declare a top-level type with this qualified name, one for each module that has it. No facts are read for that. */
  filesDeclaring(qualifiedName: string): readonly IndexedFile[] {
    this.#asked?.add(keys.declaring(qualifiedName));
    return asList(this.#byQualifiedName.get(qualifiedName));
  }

  /** Files of the main code that are named like this type and declare it. */
  mainFilesNamed(simpleName: string): readonly IndexedFile[] {
    this.#asked?.add(keys.named(simpleName));
    return asList(this.#mainTypes.get(simpleName));
  }

  topLevelType(file: IndexedFile, name: string): TypeReference | undefined {
    const type = this.factsOf(file).unit.types.find((candidate) => candidate.name === name);
    return type && { file, type, enclosing: [], qualifiedName: qualify(file.package, name) };
  }
}

export function nestedType(outer: TypeReference, name: string): TypeReference | undefined {
  const type = outer.type.types.find((candidate) => candidate.name === name);
  return (
    type && {
      file: outer.file,
      type,
      enclosing: [...outer.enclosing, outer.type],
      qualifiedName: `${outer.qualifiedName}.${name}`,
    }
  );
}

export function qualify(packageName: string, name: string): string {
  return packageName === '' ? name : `${packageName}.${name}`;
}

function shared(strings: Map<string, string>, value: string): string {
  const known = strings.get(value);
  if (known === undefined) {
    strings.set(value, value);
  }
  return known ?? value;
}

/** Names what the index is asked. */
export const keys = {
  facts: (path: string) => `f ${path}`,
  declaring: (qualifiedName: string) => `d ${qualifiedName}`,
  named: (simpleName: string) => `n ${simpleName}`,
} as const;

export function nameOfFile(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.java'.length);
}

/** In the order of paths, which is that of the listing. */
function put(map: Map<string, IndexedFile | IndexedFile[]>, key: string, file: IndexedFile): void {
  const present = map.get(key);
  if (present === undefined) {
    map.set(key, file);
    return;
  }
  const files = Array.isArray(present) ? present : [present];
  const before = files.findLastIndex(({ path }) => path < file.path);
  files.splice(before + 1, 0, file);
  map.set(key, files);
}

function remove(map: Map<string, IndexedFile | IndexedFile[]>, key: string, file: IndexedFile): void {
  const others = asList(map.get(key)).filter((one) => one !== file);
  const [only] = others;
  if (only === undefined) map.delete(key);
  else map.set(key, others.length === 1 ? only : others);
}

function asList(value: IndexedFile | readonly IndexedFile[] | undefined): readonly IndexedFile[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value : [value as IndexedFile];
}
