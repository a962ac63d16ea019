import { setTimeout as sleep } from 'node:timers/promises';
import { makeCorpus } from '../../core/corpus/corpus.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import {
  PersonalizationServiceService as service,
  type UploadCorpusRequest,
} from '../../proto/gen/bespoke/v1/personalization.ts';
import type { Connection } from './connection.ts';
import { ServerError } from './server-error.ts';
import { pairToWire } from './wire.ts';

export interface UploadRequest {
  readonly repository: string;
  readonly pairs: readonly TestPair[];
  /** Commit that the pairs were mined at, if known. */
  readonly commit: string | null;
}

export interface UploadProgress {
  /** Chunks that the server keeps or was sent. */
  readonly chunks: number;
  readonly chunksTotal: number;
}

export interface UploadReceipt {
  readonly corpusSha256: string;
  readonly pairs: number;
  /** Chunks that this upload sent; the others were on the server already. */
  readonly chunksSent: number;
  /** Pairs that are left out because one of them alone is larger than a message may be. */
  readonly tooLargePairIds: readonly string[];
}

const uploadDeadlineMs = 30 * 60_000;
const attempts = 5;

/**
 * Uploads a corpus and returns when the server has all of it on disk. Sends only the chunks that the server lacks; goes on after a
 * dropped connection.
 */
export async function uploadCorpus(
  connection: Connection,
  request: UploadRequest,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (progress: UploadProgress) => void } = {},
): Promise<UploadReceipt> {
  const { signal, onProgress } = options;
  const corpus = makeCorpus(request.pairs);
  const chunkSha256s = corpus.chunks.map((chunk) => chunk.sha256);
  let chunksSent = 0;

  const attempt = async (): Promise<UploadReceipt> => {
    const kept = await connection.unary(
      service.getUpload,
      { repository: request.repository, corpusSha256: corpus.sha256 },
      { signal },
    );
    const keptChunks = new Set(kept.chunkSha256s);
    const missing = corpus.chunks.filter((chunk) => !keptChunks.has(chunk.sha256));
    let chunks = corpus.chunks.length - missing.length;
    onProgress?.({ chunks, chunksTotal: corpus.chunks.length });
    const receipt = { corpusSha256: corpus.sha256, tooLargePairIds: corpus.tooLargePairIds };
    if (kept.complete) return { ...receipt, pairs: corpus.pairs, chunksSent };

    function* messages(): Generator<UploadCorpusRequest> {
      const header = {
        repository: request.repository,
        corpusSha256: corpus.sha256,
        chunkSha256s,
        pairs: corpus.pairs,
        commit: request.commit ?? '',
      };
      yield { part: { $case: 'header', value: header } };
      for (const chunk of missing) {
        yield { part: { $case: 'chunk', value: { sha256: chunk.sha256, pairs: chunk.pairs.map(pairToWire) } } };
        chunks += 1;
        chunksSent += 1;
        onProgress?.({ chunks, chunksTotal: corpus.chunks.length });
      }
    }

    const answer = await connection.clientStream(service.uploadCorpus, messages(), {
      signal,
      deadlineMs: uploadDeadlineMs,
    });
    return { ...receipt, pairs: answer.pairs, chunksSent };
  };

  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof ServerError) || !cause.isTransient || tried === attempts) throw cause;
      await sleep(Math.max(tried * 1_000, cause.retryAfterMs ?? 0), undefined, { signal }).catch(() =>
        signal?.throwIfAborted(),
      );
    }
  }
}
