import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CorpusChunk, MAX_CHUNK_BYTES, makeChunk, parseChunk, sha256Hex } from '../../core/corpus/chunk.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { corpusIncomplete, hashMismatch, invalidRequest } from '../errors.ts';
import type { DataDir } from '../storage/data-dir.ts';
import { writeDurably } from '../storage/durable-file.ts';

/** Chunks of corpora on disk, one file each, named by its hash. Every repository has a folder of its own, so nothing is shared. */
export class CorpusStore {
  constructor(private readonly dataDir: DataDir) {}

  /** Hashes of all chunks that a repository has on disk. */
  async chunkSha256s(repositoryId: string): Promise<Set<string>> {
    const names = await readdir(this.dataDir.chunks(repositoryId)).catch(() => []);
    return new Set(names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length)));
  }

  /** Keeps a chunk durably. Throws `BespokeError` when its hash is not that of its pairs or it is too large. */
  async keep(repositoryId: string, sha256: string, pairs: readonly TestPair[]): Promise<CorpusChunk> {
    const chunk = makeChunk(pairs);
    if (chunk.jsonLines.length > MAX_CHUNK_BYTES)
      throw invalidRequest('A chunk is larger than 1 MiB', 'cut the corpus into smaller chunks');
    if (chunk.sha256 !== sha256) throw hashMismatch('a chunk of the corpus');
    await writeDurably(this.#path(repositoryId, sha256), chunk.jsonLines);
    return chunk;
  }

  /**
   * The pairs of a chunk. A chunk that a disk has damaged is removed, so that the next upload sends it again; like one that is not there,
   * it throws `BespokeError` `corpus-incomplete`.
   */
  async read(repositoryId: string, sha256: string): Promise<TestPair[]> {
    const path = this.#path(repositoryId, sha256);
    const jsonLines = await readFile(path).catch(() => undefined);
    if (jsonLines === undefined) throw corpusIncomplete(1);
    if (sha256Hex(jsonLines) !== sha256) {
      await rm(path, { force: true });
      throw corpusIncomplete(1);
    }
    return parseChunk(jsonLines);
  }

  /** The pairs of several chunks, in order. */
  async readAll(repositoryId: string, chunkSha256s: readonly string[]): Promise<TestPair[]> {
    const pairs: TestPair[] = [];
    for (const sha256 of chunkSha256s) pairs.push(...(await this.read(repositoryId, sha256)));
    return pairs;
  }

  #path(repositoryId: string, sha256: string): string {
    return join(this.dataDir.chunks(repositoryId), `${sha256}.jsonl`);
  }
}
