import { createHash } from 'node:crypto';
import type { TestPair } from '../mining/test-pair.ts';
import { canonicalPairLine, parsePairLine } from './canonical-pair.ts';

/** Most bytes of a chunk as canonical JSON Lines. As protobuf the same pairs take less, so a chunk fits well into a message of 4 MB. */
export const MAX_CHUNK_BYTES = 1024 * 1024;

/** Some pairs of a corpus. */
export interface CorpusChunk {
  /** Lower-case hexadecimal SHA-256 of `jsonLines`. */
  readonly sha256: string;
  readonly pairs: readonly TestPair[];
  /** The pairs as canonical JSON Lines in UTF-8, every line ended by `\n`; at most `MAX_CHUNK_BYTES`. */
  readonly jsonLines: Buffer;
}

/** Makes one chunk of these pairs. The caller keeps it within `MAX_CHUNK_BYTES`. */
export function makeChunk(pairs: readonly TestPair[]): CorpusChunk {
  return chunkOfLines(pairs, pairs.map(canonicalPairLine));
}

/** Makes a chunk of pairs whose canonical lines are known already. */
export function chunkOfLines(pairs: readonly TestPair[], lines: readonly string[]): CorpusChunk {
  const jsonLines = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'utf8');
  return { sha256: sha256Hex(jsonLines), pairs, jsonLines };
}

/** Reads the pairs of a chunk's bytes. Throws a SyntaxError when they are not JSON Lines. */
export function parseChunk(jsonLines: Buffer): TestPair[] {
  return jsonLines
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(parsePairLine);
}

/** Lower-case hexadecimal SHA-256. */
export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
