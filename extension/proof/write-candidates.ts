import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import type { Connection } from '../client/connection.ts';
import { generate, type ModelChoice } from '../client/generation.ts';
import type { HeldOutPair, HeldOutSet } from './held-out-set.ts';

/** Requests under way at once: as many as the server joins into one batch. */
const requestsAtOnce = 8;

/** Which server writes, and for which repository. */
export interface CandidateWriter {
  readonly connection: Connection;
  readonly repository: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each candidate. */
  readonly onProgress?: (written: number) => void;
}

/** One model's first, greedy candidate for every held-out pair, in the order of the pairs. The input is the same for every model. */
export async function writeCandidates(
  writer: CandidateWriter,
  model: ModelChoice,
  { pairs: heldOut, mostCandidateTokens }: Pick<HeldOutSet, 'pairs' | 'mostCandidateTokens'>,
): Promise<string[]> {
  const texts: string[] = new Array(heldOut.length).fill('');
  let next = 0;
  let written = 0;
  const work = async () => {
    while (next < heldOut.length) {
      const at = next++;
      const wanted = heldOut[at];
      if (wanted === undefined) return;
      texts[at] = await writeCandidate(writer, model, wanted, mostCandidateTokens);
      writer.onProgress?.(++written);
    }
  };
  await Promise.all(Array.from({ length: Math.min(requestsAtOnce, heldOut.length) }, work));
  return texts;
}

async function writeCandidate(
  writer: CandidateWriter,
  model: ModelChoice,
  { pair, nearest }: HeldOutPair,
  maxNewTokens: number,
): Promise<string> {
  const parts = generate(
    writer.connection,
    {
      repository: writer.repository,
      model,
      focalClass: pair.focalClass,
      focalMethod: pair.focalMethod,
      focalContext: pair.focalContext,
      nearestTests: nearest.map(nearestTestOf),
      candidates: 1,
      maxNewTokens,
    },
    { signal: writer.signal },
  );
  for await (const part of parts) if (part.kind === 'candidate') return part.candidate.text;
  throw new Error(`The server wrote no candidate for ${pair.focalClass}.${pair.focalMethod}: look at the server log.`);
}
