/** What a Java file says before its first brace. Read by patterns because a workspace has thousands of files and only two are parsed. */
export interface JavaHeader {
  readonly packageName: string;
  readonly imports: readonly HeaderImport[];
  /** The comment above the package declaration, for instance a licence; empty when there is none. */
  readonly comment: string;
  /** Simple name of the class that the file's first class extends; empty when none. */
  readonly superclass: string;
  readonly isPublic: boolean;
}

export interface HeaderImport {
  /** Dotted name; ends with the member for a static import and leaves `.*` out. */
  readonly name: string;
  readonly isStatic: boolean;
  readonly isOnDemand: boolean;
}

export function readJavaHeader(source: string): JavaHeader {
  const comment = /^\s*(\/\*[\s\S]*?\*\/)\s*(?=package\b)/.exec(source)?.[1] ?? '';
  const declaration =
    /^[ \t]*((?:(?:public|abstract|final|sealed|non-sealed|strictfp)\s+)*)(?:class|interface|enum|record|@interface)\s+\w+/m.exec(
      source,
    );
  const head = source.slice(0, declaration?.index ?? source.length);
  const superclass =
    declaration === null
      ? ''
      : (/^[^{]*?\bextends\s+([\w.]+)/.exec(source.slice(declaration.index + declaration[0].length))?.[1] ?? '');
  return {
    packageName: /^\s*package\s+([\w.]+)\s*;/m.exec(head)?.[1] ?? '',
    imports: [...head.matchAll(/^[ \t]*import\s+(static\s+)?([\w.]+?)(\.\*)?\s*;/gm)].map((match) => ({
      name: match[2] ?? '',
      isStatic: match[1] !== undefined,
      isOnDemand: match[3] !== undefined,
    })),
    comment,
    superclass: superclass.split('.').at(-1) ?? '',
    isPublic: (declaration?.[1] ?? '').includes('public'),
  };
}
