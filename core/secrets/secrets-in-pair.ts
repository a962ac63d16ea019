import type { FocalContext, TestPair } from '../mining/test-pair.ts';
import { findSecrets, maskSecrets } from './find-secrets.ts';

/** What looks like a real credential in a pair. Never holds the credential itself, nor a part of it. */
export interface FoundSecret {
  /** For instance `AWS access key`. */
  readonly kind: string;
  /** For instance `line 2 of the test CartTest#key`. */
  readonly place: string;
  /** The file that holds it, relative to the workspace. */
  readonly file: string;
}

/** Every text of a pair that is sent is looked through. Two of a kind in one place are one thing to look at. */
export function secretsInPair(pair: TestPair): FoundSecret[] {
  const { testFile, testClass, testMethod, testSource, focalFile, focalClass, focalMethod, focalContext } = pair;
  return withoutRepetition([
    ...secretsIn(testSource, testFile, (line) => `line ${line} of the test ${testClass}#${testMethod}`),
    ...secretsInContext(focalContext, { focalFile, focalClass, focalMethod }),
  ]);
}

/** As `secretsInPair`, of a method alone and what surrounds it. */
export function secretsInContext(
  { method, ...around }: FocalContext,
  { focalFile, focalClass, focalMethod }: Pick<TestPair, 'focalFile' | 'focalClass' | 'focalMethod'>,
): FoundSecret[] {
  const { classDeclaration, fields, constructors, methods, relatedTypes } = around;
  const declarations = [classDeclaration, ...fields, ...constructors, ...methods, ...relatedTypes].join('\n');
  return withoutRepetition([
    ...secretsIn(method, focalFile, (line) => `line ${line} of the method ${focalClass}.${focalMethod}`),
    ...secretsIn(declarations, focalFile, () => `a declaration of ${focalClass}`),
  ]);
}

/** A focal context with every credential masked. */
export function maskContext(context: FocalContext): FocalContext {
  return {
    method: maskSecrets(context.method),
    classDeclaration: maskSecrets(context.classDeclaration),
    constructors: context.constructors.map(maskSecrets),
    methods: context.methods.map(maskSecrets),
    fields: context.fields.map(maskSecrets),
    relatedTypes: context.relatedTypes.map(maskSecrets),
  };
}

/** One line for a person, for instance `AWS access key: line 2 of the test CartTest#key, in src/test/java/CartTest.java`. */
export function secretText({ kind, place, file }: FoundSecret): string {
  return `${kind}: ${place}, in ${file}`;
}

function secretsIn(text: string, file: string, placeOf: (line: number) => string): FoundSecret[] {
  return findSecrets(text).map(({ kind, start }) => {
    const place = placeOf(text.slice(0, start).split('\n').length);
    return { kind, place, file };
  });
}

function withoutRepetition(found: readonly FoundSecret[]): FoundSecret[] {
  return [...new Map(found.map((secret) => [secretText(secret), secret])).values()];
}
