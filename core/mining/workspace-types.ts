import type { MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import type { CachedFile } from './mining-cache.ts';
import { relatedTypesOf } from './related-types.ts';
import { TypeResolver } from './resolve-types.ts';
import { qualify, WorkspaceIndex } from './workspace-index.ts';

/** A method as it is written now, saved or not. */
export interface MethodOfType {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** The types around the method, outermost first; at least one. */
  readonly types: readonly TypeDeclaration[];
  readonly method: MethodDeclaration;
}

/** The types of a workspace that was mined in `default` mode. */
export class WorkspaceTypes {
  readonly #files: ReadonlyMap<string, CachedFile>;
  #index: WorkspaceIndex | undefined;

  constructor(files: ReadonlyMap<string, CachedFile>) {
    this.#files = files;
  }

  /** `FocalContext.relatedTypes` of a method; none for a file that was not there when the workspace was mined. */
  relatedTypesOf({ file, types, method }: MethodOfType): readonly string[] {
    this.#index ??= new WorkspaceIndex(this.#files);
    const indexed = this.#index.file(file);
    const type = types.at(-1);
    if (indexed === undefined || type === undefined) return [];
    const qualifiedName = qualify(indexed.package, types.map(({ name }) => name).join('.'));
    const focalClass = { file: indexed, type, enclosing: types.slice(0, -1), qualifiedName };
    return relatedTypesOf(focalClass, method, new TypeResolver(this.#index));
  }
}
