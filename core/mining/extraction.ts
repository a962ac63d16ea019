import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JavaParser } from '../java/java-parser.ts';
import { decodeSource } from '../java/source-text.ts';
import { extractFacts } from './extract-facts.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileProblemKind, MiningMode } from './mining-record.ts';
import { packFacts } from './pack-facts.ts';

/** What to do with one file. Requests and results cross thread borders, so they are plain data. */
export interface ExtractionRequest {
  /** Relative to the workspace. */
  readonly path: string;
  readonly mode: MiningMode;
  /** Only read and look for a test annotation; do not parse. */
  readonly scanOnly: boolean;
  /** Hash of the bytes when they were parsed last: if it still holds, nothing is parsed again. */
  readonly knownHash?: string;
}

export interface ExtractionResult {
  /** Lower-case hexadecimal SHA-256 of the file's bytes; empty when they could not be read. */
  readonly hash: string;
  /** The bytes contain `@Test`, as the published miner asks. */
  readonly mentionsTest: boolean;
  readonly problems: readonly FileProblemKind[];
  /** What `packFacts` gives; empty when the file was not parsed. */
  readonly facts: string;
  readonly outline: FileOutline;
}

/** The little that is asked of every file, so that its facts need not be unpacked for it. */
export interface FileOutline {
  readonly package: string;
  /** Names of the top-level types. */
  readonly types: readonly string[];
  readonly isGenerated: boolean;
  /** The file has methods that may be tests. */
  readonly mayHoldTests: boolean;
}

export const NO_OUTLINE: FileOutline = { package: '', types: [], isGenerated: false, mayHoldTests: false };

/** The result for a file of which nothing is known but what is wrong with it. */
export function failedExtraction(problem: FileProblemKind): ExtractionResult {
  return { hash: '', mentionsTest: false, problems: [problem], facts: '', outline: NO_OUTLINE };
}

/** Reads, hashes and, if asked, parses a file. Never throws: what is wrong with a file is in the result. */
export function extractFile(parser: JavaParser, workspace: string, request: ExtractionRequest): ExtractionResult {
  let bytes: Buffer;
  try {
    bytes = readFileSync(`${workspace}/${request.path}`);
  } catch {
    return failedExtraction('unreadable');
  }
  const hash = hashOf(bytes);
  const mentionsTest = bytes.includes('@Test');
  if (request.scanOnly || hash === request.knownHash) {
    return { hash, mentionsTest, problems: [], facts: '', outline: NO_OUTLINE };
  }
  const { text, isUtf8 } = decodeSource(bytes);
  const problems: FileProblemKind[] = isUtf8 ? [] : ['not-utf-8'];
  try {
    const facts: FileFacts = extractFacts(parser, request.path, text, request.mode);
    return {
      hash,
      mentionsTest,
      problems: facts.hasSyntaxErrors ? [...problems, 'syntax-errors'] : problems,
      facts: packFacts(facts),
      outline: outlineOf(facts),
    };
  } catch {
    return { hash, mentionsTest, problems: [...problems, 'parsing-failed'], facts: '', outline: NO_OUTLINE };
  }
}

function outlineOf({ unit, isGenerated, bodies }: FileFacts): FileOutline {
  return {
    package: unit.package,
    types: unit.types.map((type) => type.name),
    isGenerated,
    mayHoldTests: bodies.length > 0,
  };
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
