import { type CorpusChunk, MAX_CHUNK_BYTES, makeChunk, parseChunk, sha256Hex } from '../../core/corpus/chunk.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { corpusIncomplete, hashMismatch, invalidRequest } from '../errors.ts';
import type { ArtifactStore, RepositoryKey } from '../storage/artifact-store.ts';

/** Chunks of corpora, one file each, named by its hash. Every repository has its own, so nothing is shared. */
export class CorpusStore {
  constructor(private readonly artifacts: ArtifactStore) {}

  /** Hashes of all chunks that are kept of a repository. */
  async chunkSha256s(repository: RepositoryKey): Promise<Set<string>> {
    const names = await this.artifacts.chunkNames(repository);
    return new Set(names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length)));
  }

  /** Keeps a chunk durably. Throws `BespokeError` when its hash is not that of its pairs or it is too large. */
  async keep(repository: RepositoryKey, sha256: string, pairs: readonly TestPair[]): Promise<CorpusChunk> {
    const chunk = makeChunk(pairs);
    if (chunk.jsonLines.length > MAX_CHUNK_BYTES)
      throw invalidRequest('A chunk is larger than 1 MiB', 'cut the corpus into smaller chunks');
    if (chunk.sha256 !== sha256) throw hashMismatch('a chunk of the corpus');
    await this.artifacts.keepChunk(repository, sha256 + ENDING, chunk.jsonLines);
    return chunk;
  }

  /**
   * The pairs of a chunk. A chunk that was damaged where it is kept is removed, so that the next upload sends it again; like one that is
   * not there, it throws `BespokeError` `corpus-incomplete`.
   */
  async read(repository: RepositoryKey, sha256: string): Promise<TestPair[]> {
    const isWhole = (content: Buffer) => sha256Hex(content) === sha256;
    const jsonLines = await this.artifacts.readChunk(repository, sha256 + ENDING, isWhole);
    if (jsonLines === undefined) throw corpusIncomplete(1);
    return parseChunk(jsonLines);
  }

  /** The pairs of several chunks, in order. */
  async readAll(repository: RepositoryKey, chunkSha256s: readonly string[]): Promise<TestPair[]> {
    const pairs: TestPair[] = [];
    for (const sha256 of chunkSha256s) pairs.push(...(await this.read(repository, sha256)));
    return pairs;
  }
}

const ENDING = '.jsonl';
