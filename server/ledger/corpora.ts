import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

/** A complete corpus. */
export interface StoredCorpus {
  readonly sha256: string;
  readonly pairs: number;
  /** Commit that the pairs were mined at; empty when not known. */
  readonly commit: string;
  readonly chunkSha256s: readonly string[];
}

/** Complete corpora. */
export class CorpusLedger {
  constructor(private readonly database: Database) {}

  async find(repositoryId: string, sha256: string): Promise<StoredCorpus | undefined> {
    const row = await this.database
      .selectFrom('corpora')
      .select(['sha256', 'pairs', 'commit', 'chunk_sha256s_json'])
      .where('repository_id', '=', repositoryId)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      sha256: row.sha256,
      pairs: row.pairs,
      commit: row.commit,
      chunkSha256s: JSON.parse(row.chunk_sha256s_json) as string[],
    };
  }

  /** Hashes of the repository's complete corpora. */
  async sha256s(repositoryId: string): Promise<string[]> {
    const rows = await this.database
      .selectFrom('corpora')
      .select('sha256')
      .where('repository_id', '=', repositoryId)
      .orderBy('created_ms')
      .orderBy('sha256')
      .execute();
    return rows.map((row) => row.sha256);
  }

  /** Records that a corpus is on disk; the same pairs mined at a later commit keep one entry with the newer commit. */
  async complete(repositoryId: string, corpus: StoredCorpus): Promise<void> {
    await this.database
      .insertInto('corpora')
      .values({
        id: randomUUID(),
        repository_id: repositoryId,
        sha256: corpus.sha256,
        pairs: corpus.pairs,
        commit: corpus.commit,
        chunk_sha256s_json: JSON.stringify(corpus.chunkSha256s),
        created_ms: Date.now(),
      })
      .onConflict((conflict) => conflict.columns(['repository_id', 'sha256']).doUpdateSet({ commit: corpus.commit }))
      .execute();
  }
}
