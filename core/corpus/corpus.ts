import type { TestPair } from '../mining/test-pair.ts';
import { canonicalPairLine } from './canonical-pair.ts';
import { type CorpusChunk, chunkOfLines, MAX_CHUNK_BYTES, sha256Hex } from './chunk.ts';

/** Most chunks of a corpus: their hashes must fit into one message. */
export const MAX_CHUNKS = 20_000;

/** All pairs of a repository at one time, cut into chunks. */
export interface Corpus {
  /** SHA-256 of the lines `CHUNK_SHA256\n` of all chunks in their order. */
  readonly sha256: string;
  readonly chunks: readonly CorpusChunk[];
  /** Number of pairs in all chunks. */
  readonly pairs: number;
  /** Ids of pairs that are left out because one of them alone is larger than a chunk may be. */
  readonly tooLargePairIds: readonly string[];
}

/**
 * Cuts pairs into chunks, in their order. A chunk ends where the pair's own id says so (one in `PAIRS_PER_CHUNK` on average) or where
 * it is full. Because the pairs themselves choose the cuts, an edit in one test changes one chunk and the others are already on the
 * server.
 */
export function makeCorpus(pairs: Iterable<TestPair>): Corpus {
  const chunks: CorpusChunk[] = [];
  const tooLargePairIds: string[] = [];
  let open: TestPair[] = [];
  let lines: string[] = [];
  let openBytes = 0;
  const close = () => {
    if (open.length > 0) chunks.push(chunkOfLines(open, lines));
    open = [];
    lines = [];
    openBytes = 0;
  };
  for (const pair of pairs) {
    const line = canonicalPairLine(pair);
    const lineBytes = Buffer.byteLength(line, 'utf8') + 1;
    if (lineBytes > MAX_CHUNK_BYTES) {
      tooLargePairIds.push(pair.id);
      continue;
    }
    if (openBytes + lineBytes > MAX_CHUNK_BYTES) close();
    open.push(pair);
    lines.push(line);
    openBytes += lineBytes;
    if (endsChunk(pair)) close();
  }
  close();
  return {
    sha256: corpusSha256(chunks.map((chunk) => chunk.sha256)),
    chunks,
    pairs: chunks.reduce((sum, chunk) => sum + chunk.pairs.length, 0),
    tooLargePairIds,
  };
}

/** The hash of a corpus from the hashes of its chunks, in order. */
export function corpusSha256(chunkSha256s: readonly string[]): string {
  return sha256Hex(chunkSha256s.map((sha256) => `${sha256}\n`).join(''));
}

const PAIRS_PER_CHUNK = 64;

function endsChunk(pair: TestPair): boolean {
  return Number.parseInt(pair.id.slice(0, 8), 16) % PAIRS_PER_CHUNK === 0;
}
