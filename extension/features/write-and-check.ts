import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import type { Connection } from '../client/connection.ts';
import { type Candidate, generate } from '../client/generation.ts';
import { Failure } from '../failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { type CandidatePlace, type PlacedCandidate, placeAndCheck } from './place-candidates.ts';
import type { Writer } from './writer.ts';

/** Where tests are written: for the editor and for agents alike. */
export interface WritingPlace extends CandidatePlace {
  /** In words for the user. */
  readonly serverName: string;
  /** Candidates wanted, 1 to 8. */
  readonly candidates: number;
  connection(): Promise<Connection>;
  /** Who writes for a file of the repository. */
  writer(connection: Connection, repository: MinedRepository, file: string, signal: AbortSignal): Promise<Writer>;
  /** For the log; never source code. */
  note(line: string): void;
}

/** At least one test, best first. */
export type WrittenTests = readonly [PlacedCandidate, ...PlacedCandidate[]];

/**
 * Has the model write candidates for one method, places and checks them. Fails when not one is left. Without a mined repository the base
 * writes, and without nearest tests.
 */
export async function writeAndCheck(
  place: WritingPlace,
  focal: Focal,
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<WrittenTests> {
  const candidates = await write(place, focal, repository, signal, say);
  const [best, ...others] = await placeAndCheck(place, focal, candidates, repository, signal, say);
  if (best === undefined) {
    throw new Failure(
      `the model wrote no test for ${focal.focalMethod} that is new and valid Java: try again, or personalize first.`,
      { title: 'Personalize', command: 'bespoke.personalize' },
    );
  }
  return [best, ...others];
}

async function write(
  place: WritingPlace,
  focal: Focal,
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<Candidate[]> {
  say(`connecting to ${place.serverName}`);
  const connection = await place.connection();
  const writer =
    repository === undefined
      ? { repository: 'unknown', model: { kind: 'base' } as const, name: 'the base model' }
      : await place.writer(connection, repository, focal.file, signal);
  const wanted = place.candidates;
  say(`${wanted === 1 ? 'writing' : `writing ${wanted} candidates`} with ${writer.name}`);
  const query = { focalClass: focal.focalClass, focalMethodSource: focal.context.method };
  const nearest = repository?.nearest.nearest(query, NEAREST_TESTS_OFFERED, new Set()) ?? [];
  const relatedTypes = (await repository?.types.relatedTypesOf(focal)) ?? [];
  const candidates: Candidate[] = [];
  const parts = generate(
    connection,
    {
      repository: writer.repository,
      model: writer.model,
      focalClass: focal.focalClass,
      focalMethod: focal.focalMethod,
      focalContext: { ...focal.context, relatedTypes },
      nearestTests: nearest.map(nearestTestOf),
      candidates: wanted,
      maxNewTokens: mostCandidateTokens(repository?.clean ?? []),
    },
    { signal },
  );
  for await (const part of parts) {
    if (part.kind === 'candidate') candidates.push(part.candidate);
    if (part.kind === 'finished')
      place.note(`${candidates.length} candidates in ${(part.durationMs / 1000).toFixed(1)} s by ${writer.name}`);
  }
  return candidates;
}
