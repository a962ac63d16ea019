import type { MethodDeclaration, TypeDeclaration } from '../../java/compilation-unit.ts';
import type { FileFacts, PublishedMethod } from '../file-facts.ts';
import type { CachedFile } from '../mining-cache.ts';
import { unpackFacts } from '../pack-facts.ts';
import type { Pairer, Pairing, UnpairedMethod } from '../pairing.ts';
import { sourceSetOf } from '../source-sets.ts';
import { mapTestFiles } from './map-test-files.ts';
import { matchTestCase } from './match-test-cases.ts';

/**
 * Pairs tests as the published miner does, so that results compare with the literature. The published rules know no confidence; every
 * pair gets 1.
 */
export class PublishedPairer implements Pairer {
  readonly testFiles: readonly string[];
  readonly #files: ReadonlyMap<string, CachedFile>;
  readonly #focalFiles = new Map<string, string | undefined>();
  readonly #module = new Map<string, string>();

  constructor(files: ReadonlyMap<string, CachedFile>) {
    this.#files = files;
    for (const { testFile, focalFile } of mapTestFiles([...files.values()])) {
      this.#focalFiles.set(testFile, focalFile);
    }
    this.testFiles = [...this.#focalFiles.keys()];
  }

  moduleOf(testFile: string): string {
    return this.#module.get(testFile) ?? '.';
  }

  pair(testFile: string): Pairing[] {
    const test = this.#read(testFile);
    this.#module.set(testFile, sourceSetOf(testFile, test?.unit.package ?? '').module);
    const focalFile = this.#focalFiles.get(testFile);
    const focal = focalFile === undefined ? undefined : this.#read(focalFile);
    const focalMethods = (focal?.published ?? []).filter((method) => !method.isTest);
    return (test?.published ?? [])
      .filter((method) => method.isTest)
      .map((method): Pairing => {
        const declared = test && declarationOf(test.unit.types, method.methodStart);
        const testMethod = declared?.method ?? { name: method.name };
        const unpaired = (reason: UnpairedMethod['reason']): Pairing => ({
          testMethod,
          testClass: method.className,
          reason,
        });
        if (focalFile === undefined) {
          return unpaired('no-focal-class');
        }
        const match = matchTestCase(method, focalMethods);
        if ('reason' in match) {
          return unpaired(match.reason);
        }
        const focalDeclaration = focal && declarationOf(focal.unit.types, match.focalMethod.methodStart);
        return declared === undefined || focalDeclaration === undefined
          ? unpaired('broken-test')
          : paired(method, declared.method, focalFile, match.focalMethod, focalDeclaration, match.evidence);
      });
  }

  /** The script reads nothing from a file that is not UTF-8. */
  #read(path: string): FileFacts | undefined {
    const file = this.#files.get(path);
    return file === undefined || file.facts.length === 0 || file.problems.includes('not-utf-8')
      ? undefined
      : unpackFacts(file.facts.toString('utf8'));
  }
}

interface Declared {
  readonly type: TypeDeclaration;
  readonly method: MethodDeclaration;
}

function paired(
  test: PublishedMethod,
  testMethod: MethodDeclaration,
  focalFile: string,
  focalMethod: PublishedMethod,
  { type, method }: Declared,
  evidence: string,
): Pairing {
  return {
    testMethod,
    testClass: test.className,
    focal: {
      file: focalFile,
      type,
      method,
      className: focalMethod.className,
      methodName: method.name,
      relatedTypes: [],
    },
    confidence: 1,
    evidence: [evidence, 'path'],
  };
}

function declarationOf(types: readonly TypeDeclaration[], methodStart: number): Declared | undefined {
  for (const type of types) {
    const method = [...type.methods, ...type.constructors].find((candidate) => candidate.start === methodStart);
    if (method !== undefined) {
      return { type, method };
    }
  }
  return undefined;
}
