import { readFileSync } from 'node:fs';
import { decodeSource } from '../java/source-text.ts';
import { hashOf } from './extraction.ts';
import { dedent, focalContextOf } from './focal-context.ts';
import type { CachedFile } from './mining-cache.ts';
import type { PairRecord, UnpairedTest } from './mining-record.ts';
import type { PairedTest, Pairing } from './pairing.ts';
import type { TestPair } from './test-pair.ts';
import { testPairId } from './test-pair-id.ts';

const KEPT_TEXTS = 24;

/**
 * Turns pairings into records by taking the texts from the files. A file's bytes must still have the hash under which they were parsed:
 * an edit in between would shift every offset.
 */
export class PairTexts {
  readonly #workspace: string;
  readonly #files: ReadonlyMap<string, CachedFile>;
  readonly #recent = new Map<string, string>();

  constructor(workspace: string, files: ReadonlyMap<string, CachedFile>) {
    this.#workspace = workspace;
    this.#files = files;
  }

  record(testFile: string, pairing: Pairing): PairRecord | UnpairedTest {
    if ('reason' in pairing) {
      const { testMethod, testClass, reason, focalClass } = pairing;
      const unpaired = { kind: 'unpaired', testFile, testClass, testMethod: testMethod.name, reason } as const;
      return focalClass === undefined ? unpaired : { ...unpaired, focalClass };
    }
    const pair = this.#pair(testFile, pairing);
    if (pair !== undefined) {
      return { kind: 'pair', pair };
    }
    const { testClass, testMethod, focal } = pairing;
    const unpaired = { kind: 'unpaired', testFile, testClass, testMethod: testMethod.name } as const;
    return { ...unpaired, reason: 'changed-while-mining', focalClass: focal.className };
  }

  #pair(testFile: string, { testMethod, testClass, focal, confidence, evidence }: PairedTest): TestPair | undefined {
    const testText = this.#text(testFile);
    const focalText = this.#text(focal.file);
    if (testText === undefined || focalText === undefined) {
      return undefined;
    }
    const pair = {
      testFile,
      testClass,
      testMethod: testMethod.name,
      focalFile: focal.file,
      focalClass: focal.className,
      focalMethod: focal.methodName,
      focalContext: focalContextOf(focalText, focal.type, focal.method, focal.relatedTypes),
      testSource: dedent(testText, testMethod.start, testMethod.end),
    };
    return { id: testPairId(pair), ...pair, confidence, evidence };
  }

  #text(path: string): string | undefined {
    const recent = this.#recent.get(path);
    if (recent !== undefined) {
      return recent;
    }
    const text = this.#readText(path);
    if (text !== undefined) {
      this.#recent.set(path, text);
      for (const oldest of this.#recent.keys()) {
        if (this.#recent.size <= KEPT_TEXTS) {
          break;
        }
        this.#recent.delete(oldest);
      }
    }
    return text;
  }

  #readText(path: string): string | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(`${this.#workspace}/${path}`);
    } catch {
      return undefined;
    }
    return hashOf(bytes) === this.#files.get(path)?.hash ? decodeSource(bytes).text : undefined;
  }
}
