import type { MethodDeclaration, TypeDeclaration } from '../java/compilation-unit.ts';
import { readCache } from './mining-cache.ts';
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

/** The types of a workspace that was mined in `default` mode, read from the miner's cache when they are first asked for. */
export class WorkspaceTypes {
  readonly #cacheFile: string;
  #index: Promise<WorkspaceIndex | undefined> | undefined;

  constructor(cacheFile: string) {
    this.#cacheFile = cacheFile;
  }

  /** `FocalContext.relatedTypes` of a method; none for a file that was not there when the workspace was mined. */
  async relatedTypesOf({ file, types, method }: MethodOfType): Promise<readonly string[]> {
    this.#index ??= this.#read();
    const index = await this.#index;
    const indexed = index?.file(file);
    const type = types.at(-1);
    if (index === undefined || indexed === undefined || type === undefined) return [];
    const qualifiedName = qualify(indexed.package, types.map(({ name }) => name).join('.'));
    const focalClass = { file: indexed, type, enclosing: types.slice(0, -1), qualifiedName };
    return relatedTypesOf(focalClass, method, new TypeResolver(index));
  }

  async #read(): Promise<WorkspaceIndex | undefined> {
    const reading = await readCache(this.#cacheFile, 'default');
    return reading.kind === 'read' ? new WorkspaceIndex(reading.cache.files) : undefined;
  }
}
