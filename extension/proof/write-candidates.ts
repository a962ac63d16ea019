import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import type { Connection } from '../client/connection.ts';
import { generate, type ModelChoice } from '../client/generation.ts';
import type { HeldOutPair, HeldOutSet } from './held-out-set.ts';

/** Candidates for each pair: as many as the editor asks for where its settings say nothing else. */
export const CANDIDATES_SHOWN = 3;
/** Requests under way at once: as many as the server joins into one batch. */
const requestsAtOnce = 8;

/** Nobody waits for a single test of a proof, and eight of them share a machine that may be busy. */
const PROOF_DEADLINE_MS = 30 * 60_000;

/** Which server writes, and for which repository. */
export interface CandidateWriter {
  readonly connection: Connection;
  readonly repository: string;
  /** Candidates for each pair, 1 to 8. */
  readonly candidates: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each pair. */
  readonly onProgress?: (written: number) => void;
}

/** One model's candidates for every held-out pair, the greedy one first, in the order of the pairs. The input is the same for every model. */
export async function writeCandidates(
  writer: CandidateWriter,
  model: ModelChoice,
  { pairs: heldOut, mostCandidateTokens }: Pick<HeldOutSet, 'pairs' | 'mostCandidateTokens'>,
): Promise<string[][]> {
  const texts: string[][] = heldOut.map(() => []);
  let next = 0;
  let written = 0;
  const work = async () => {
    while (next < heldOut.length) {
      const at = next++;
      const wanted = heldOut[at];
      if (wanted === undefined) return;
      texts[at] = await candidatesFor(writer, model, wanted, mostCandidateTokens);
      writer.onProgress?.(++written);
    }
  };
  await Promise.all(Array.from({ length: Math.min(requestsAtOnce, heldOut.length) }, work));
  return texts;
}

async function candidatesFor(
  writer: CandidateWriter,
  model: ModelChoice,
  { pair, shown }: HeldOutPair,
  maxNewTokens: number,
): Promise<string[]> {
  const parts = generate(
    writer.connection,
    {
      repository: writer.repository,
      model,
      focalClass: pair.focalClass,
      focalMethod: pair.focalMethod,
      focalContext: pair.focalContext,
      nearestTests: shown.map(nearestTestOf),
      candidates: writer.candidates,
      maxNewTokens,
    },
    { signal: writer.signal, deadlineMs: PROOF_DEADLINE_MS },
  );
  const texts: string[] = [];
  for await (const part of parts) if (part.kind === 'candidate') texts.push(part.candidate.text);
  if (texts.length > 0) return texts;
  throw new Error(`The server wrote no candidate for ${pair.focalClass}.${pair.focalMethod}: look at the server log.`);
}
