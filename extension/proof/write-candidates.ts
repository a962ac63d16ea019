import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import type { Connection } from '../client/connection.ts';
import { generate, type ModelChoice } from '../client/generation.ts';
import type { HeldOutPair, HeldOutSet } from './held-out-set.ts';

/** As many as the editor asks for where its settings say nothing else. */
const candidatesWanted = 3;
/** Requests under way at once: as many as the server joins into one batch. */
const requestsAtOnce = 8;

/** Which server writes, and for which repository. */
export interface CandidateWriter {
  readonly connection: Connection;
  readonly repository: string;
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
  { pair, nearest }: HeldOutPair,
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
      nearestTests: nearest.map(nearestTestOf),
      candidates: candidatesWanted,
      maxNewTokens,
    },
    { signal: writer.signal },
  );
  const texts: string[] = [];
  for await (const part of parts) if (part.kind === 'candidate') texts.push(part.candidate.text);
  if (texts.length > 0) return texts;
  throw new Error(`The server wrote no candidate for ${pair.focalClass}.${pair.focalMethod}: look at the server log.`);
}
