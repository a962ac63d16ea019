import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { REWRITTEN_CANDIDATES } from '../check/fault.ts';
import type { Connection } from '../client/connection.ts';
import { type FaultyCandidate, type GenerationRequest, generate, type ModelChoice } from '../client/generation.ts';
import type { HeldOutPair, HeldOutSet } from './held-out-set.ts';

/** Candidates for each pair: as many as the editor asks for where its settings say nothing else. */
export const CANDIDATES_SHOWN = 3;
/** Requests under way at once: as many as the server joins into one batch. */
export const REQUESTS_AT_ONCE = 8;

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
  await Promise.all(Array.from({ length: Math.min(REQUESTS_AT_ONCE, heldOut.length) }, work));
  return texts;
}

/** Other texts than a faulty candidate, with what was right of it; none where the model knows nothing else. */
export function rewriteCandidate(
  writer: CandidateWriter,
  model: ModelChoice,
  wanted: HeldOutPair,
  faulty: FaultyCandidate,
  mostCandidateTokens: number,
): Promise<string[]> {
  return textsFor(writer, model, wanted, mostCandidateTokens, { candidates: REWRITTEN_CANDIDATES, faulty });
}

async function candidatesFor(
  writer: CandidateWriter,
  model: ModelChoice,
  wanted: HeldOutPair,
  mostCandidateTokens: number,
): Promise<string[]> {
  const texts = await textsFor(writer, model, wanted, mostCandidateTokens, { candidates: writer.candidates });
  if (texts.length > 0) return texts;
  const { focalClass, focalMethod } = wanted.pair;
  throw new Error(`The server wrote no candidate for ${focalClass}.${focalMethod}: look at the server log.`);
}

async function textsFor(
  writer: CandidateWriter,
  model: ModelChoice,
  { pair, shown }: HeldOutPair,
  maxNewTokens: number,
  asked: Pick<GenerationRequest, 'candidates' | 'faulty'>,
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
      maxNewTokens,
      ...asked,
    },
    { signal: writer.signal, deadlineMs: PROOF_DEADLINE_MS },
  );
  const texts: string[] = [];
  for await (const part of parts) if (part.kind === 'candidate') texts.push(part.candidate.text);
  return texts;
}
