import type { JavaAnnotation, TypeDeclaration } from '../java/compilation-unit.ts';
import type { UnpairedReason } from './mining-record.ts';
import { camelPrefixes, focalClassNames } from './names.ts';
import type { TestCase } from './recognize-tests.ts';
import type { ResolvedCall } from './resolve-calls.ts';
import type { TypeResolver } from './resolve-types.ts';
import { type IndexedFile, nameOfFile, qualify, type TypeReference, type WorkspaceIndex } from './workspace-index.ts';

/** How a focal class was found. The figures rank the heuristics; they come from pairs judged by hand and are no probabilities. */
export const FOCAL_CLASS_CONFIDENCE = {
  'package-and-name': 0.98,
  'package-and-name-in-other-module': 0.95,
  'import-and-name': 0.94,
  'inject-mocks': 0.92,
  'camel-prefix': 0.9,
  'field-under-test': 0.86,
  'unique-name': 0.85,
  'implementation-of-name': 0.88,
} as const;

export type FocalClassEvidence = keyof typeof FOCAL_CLASS_CONFIDENCE;

export type FocalClassFinding =
  | { readonly focalClass: TypeReference; readonly evidence: FocalClassEvidence }
  | {
      readonly reason: Extract<UnpairedReason, 'no-focal-class' | 'ambiguous-focal-class' | 'generated-focal-class'>;
      readonly focalClass?: string;
    };

/**
 * Finds the class under test of a test class: main code, named like its file. The test class's name says which; where it stands and
 * what it imports say which of that name.
 */
export class FocalClassFinder {
  readonly #index: WorkspaceIndex;
  readonly #types: TypeResolver;
  readonly #isTestFile: (file: IndexedFile) => boolean;

  constructor(index: WorkspaceIndex, types: TypeResolver, isTestFile: (file: IndexedFile) => boolean) {
    this.#index = index;
    this.#types = types;
    this.#isTestFile = isTestFile;
  }

  find(file: IndexedFile, enclosing: TestCase['enclosing']): FocalClassFinding {
    const finding = this.#byName(file, enclosing) ?? this.#byField(file, enclosing);
    if (finding === undefined) {
      return { reason: 'no-focal-class' };
    }
    if ('focalClass' in finding && typeof finding.focalClass === 'object' && finding.focalClass.file.isGenerated) {
      return { reason: 'generated-focal-class', focalClass: finding.focalClass.type.name };
    }
    return finding;
  }

  /**
   * A test may be named after an interface and test its implementation: the one main class among the types whose methods it calls that
   * is a subtype of the named one.
   */
  implementationOf(named: TypeReference, calls: readonly ResolvedCall[]): FocalClassFinding | undefined {
    if (named.type.kind !== 'interface' && !named.type.modifiers.includes('abstract')) {
      return undefined;
    }
    const owners = new Map<string, TypeReference>();
    for (const { found, call } of calls) {
      if (found !== undefined && call.role !== 'stub' && found.owner.qualifiedName !== named.qualifiedName) {
        owners.set(found.owner.qualifiedName, found.owner);
      }
    }
    const [only, ...others] = [...owners.values()].filter(
      (type) => this.#isFocal(type) && this.#types.isSubtype(type, named),
    );
    return only !== undefined && others.length === 0 && !only.file.isGenerated
      ? { focalClass: only, evidence: 'implementation-of-name' }
      : undefined;
  }

  #byName(file: IndexedFile, enclosing: TestCase['enclosing']): FocalClassFinding | undefined {
    const testClass = enclosing[0]?.name ?? '';
    const names = focalClassNames(testClass);
    for (const name of names) {
      const found = this.#inPackage(name, file) ?? this.#imported(name, file);
      if (found !== undefined) {
        return found;
      }
    }
    for (const prefix of [...names, testClass].flatMap(camelPrefixes)) {
      const found = this.#inPackage(prefix, file) ?? this.#imported(prefix, file);
      if (found !== undefined) {
        return 'evidence' in found ? { ...found, evidence: 'camel-prefix' } : found;
      }
    }
    for (const name of names) {
      const [only, ...others] = this.#index.mainFilesNamed(name).filter((candidate) => this.#isMain(candidate));
      const focalClass = only && others.length === 0 ? this.#focalType(only) : undefined;
      if (focalClass !== undefined) {
        return { focalClass, evidence: 'unique-name' };
      }
    }
    return undefined;
  }

  #inPackage(name: string, file: IndexedFile): FocalClassFinding | undefined {
    const files = this.#index
      .filesDeclaring(qualify(file.package, name))
      .filter((candidate) => this.#isMain(candidate));
    const own = files.find((candidate) => candidate.sourceSet.module === file.sourceSet.module);
    const [only, ...others] = own === undefined ? files : [own];
    if (only === undefined || this.#focalType(only)?.type.name !== name) {
      return undefined;
    }
    if (others.length > 0) {
      return { reason: 'ambiguous-focal-class', focalClass: name };
    }
    const focalClass = this.#focalType(only);
    const evidence = own === undefined ? 'package-and-name-in-other-module' : 'package-and-name';
    return focalClass && { focalClass, evidence };
  }

  #imported(name: string, file: IndexedFile): FocalClassFinding | undefined {
    for (const one of this.#index.factsOf(file).unit.imports) {
      if (one.isStatic && one.isOnDemand ? one.name.endsWith(`.${name}`) : false) {
        const type = this.#types.byQualifiedName(one.name, file);
        if (type !== undefined && this.#isFocal(type)) {
          return { focalClass: type, evidence: 'import-and-name' };
        }
      }
      const qualifiedName = one.isOnDemand ? `${one.name}.${name}` : one.name;
      if (!one.isStatic && qualifiedName.endsWith(`.${name}`)) {
        const type = this.#types.byQualifiedName(qualifiedName, file);
        if (type !== undefined && this.#isFocal(type)) {
          return { focalClass: type, evidence: 'import-and-name' };
        }
      }
    }
    return undefined;
  }

  #byField(file: IndexedFile, enclosing: TestCase['enclosing']): FocalClassFinding | undefined {
    for (const depth of enclosing.keys()) {
      const chain = enclosing.slice(0, enclosing.length - depth);
      const type = chain.at(-1);
      const found = type && this.#fieldOf(type, { file, enclosing: chain });
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  #fieldOf(
    type: TypeDeclaration,
    where: { file: IndexedFile; enclosing: TestCase['enclosing'] },
  ): FocalClassFinding | undefined {
    const candidates: FocalClassFinding[] = [];
    for (const field of type.fields) {
      const evidence = fieldEvidence(field.names, field.annotations);
      const focalClass = evidence && this.#types.resolve(field.type, { ...where, typeParameters: [] });
      if (evidence !== undefined && focalClass !== undefined && this.#isFocal(focalClass)) {
        candidates.push({ focalClass, evidence });
      }
    }
    return candidates.length === 1 ? candidates[0] : undefined;
  }

  #isFocal(reference: TypeReference): boolean {
    return (
      reference.enclosing.length === 0 &&
      this.#isMain(reference.file) &&
      this.#focalType(reference.file)?.type.name === reference.type.name
    );
  }

  #isMain(file: IndexedFile): boolean {
    return !file.sourceSet.isTest && !this.#isTestFile(file);
  }

  /** The type that is named like its file; others in it are its private affair. */
  #focalType(file: IndexedFile): TypeReference | undefined {
    const name = nameOfFile(file.path);
    const found = this.#index.topLevelType(file, name);
    return found?.type.kind === 'annotation' ? undefined : found;
  }
}

const FIELD_UNDER_TEST =
  /^(?:sut|cut|underTest|(?:class|object|instance|unit|subject|component|service|system)UnderTest|testee|subject|testSubject|tested\w*)$/;

function fieldEvidence(
  names: readonly string[],
  annotations: readonly JavaAnnotation[],
): FocalClassEvidence | undefined {
  if (annotations.some((annotation) => /(?:^|\.)(?:InjectMocks|Tested|TestSubject)$/.test(annotation.name))) {
    return 'inject-mocks';
  }
  return names.some((name) => FIELD_UNDER_TEST.test(name)) ? 'field-under-test' : undefined;
}
