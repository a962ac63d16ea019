import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import { secretsInContext, secretText } from '../../core/secrets/secrets-in-pair.ts';
import { type Fault, faultToRewrite, REWRITE_ROUNDS, REWRITTEN_CANDIDATES } from '../check/fault.ts';
import type { Connection } from '../client/connection.ts';
import { type Candidate, type GenerationRequest, generate } from '../client/generation.ts';
import { Failure } from '../failure.ts';
import { readWorkspaceIndex } from '../placement/workspace-index.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import {
  bestFirst,
  type CandidatePlace,
  type PlacedCandidate,
  type PlacedCandidates,
  placeAndCheck,
} from './place-candidates.ts';
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
 * Has the model write candidates for one method, places and checks them. While none is useful, it writes the one that came furthest anew,
 * from where it went wrong. Fails when not one is left. Without a mined repository the base writes, and without nearest tests.
 */
export async function writeAndCheck(
  place: WritingPlace,
  focal: Focal,
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<WrittenTests> {
  const { write, name } = await writerOfTests(place, focal, repository, signal, say);
  const index = await readWorkspaceIndex(place.path);
  const check = (candidates: readonly Candidate[]) =>
    placeAndCheck(place, index, focal, candidates, repository, signal, say);
  const { candidates: wanted } = place;
  say(`${wanted === 1 ? 'writing' : `writing ${wanted} candidates`} with ${name}`);
  let candidates = await write({ candidates: wanted });
  let placed = await check(candidates);
  if (placed.tests.length === 0 && placed.problem !== null) throw new Failure(placed.problem);
  const tried: Fault[] = [];
  while (tried.length < REWRITE_ROUNDS) {
    const faulty = faultToRewrite(placed.results, tried);
    if (faulty === null) break;
    tried.push(faulty);
    say('writing anew what does not pass or is there already');
    const known = new Set(candidates.map(({ text }) => text));
    const rewritten = (await write({ candidates: REWRITTEN_CANDIDATES, faulty })).filter(
      ({ text }) => !known.has(text),
    );
    if (rewritten.length === 0) continue;
    const more = rewritten.map((one, nth) => ({ ...one, rank: candidates.length + nth }));
    candidates = [...candidates, ...more];
    placed = together(placed, await check(more));
  }
  const [best, ...others] = placed.tests;
  if (best === undefined) {
    throw new Failure(
      `the model wrote no test for ${focal.focalMethod} that is new and valid Java: try again, or personalize first.`,
      { title: 'Personalize', command: 'bespoke.personalize' },
    );
  }
  return [best, ...others.slice(0, wanted - 1)];
}

function together(one: PlacedCandidates, other: PlacedCandidates): PlacedCandidates {
  const hidden = [...one.hidden, ...other.hidden];
  const tests = [...one.tests, ...other.tests].map((test) => ({ ...test, likeness: { ...test.likeness, hidden } }));
  return {
    tests: bestFirst(tests),
    hidden,
    results: [...one.results, ...other.results],
    problem: one.problem,
  };
}

type Wanted = Pick<GenerationRequest, 'candidates' | 'faulty'>;

/** Prepares the request for one method, so that it can be made more than once. */
async function writerOfTests(
  place: WritingPlace,
  focal: Focal,
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<{ readonly name: string; readonly write: (wanted: Wanted) => Promise<Candidate[]> }> {
  say(`connecting to ${place.serverName}`);
  const connection = await place.connection();
  const writer =
    repository === undefined
      ? { repository: 'unknown', model: { kind: 'base' } as const, name: 'the base model' }
      : await place.writer(connection, repository, focal.file, signal);
  const query = { focalClass: focal.focalClass, focalMethodSource: focal.context.method };
  const nearest = (await repository?.nearest.nearest(query, NEAREST_TESTS_OFFERED, new Set())) ?? [];
  const relatedTypes = repository?.types.relatedTypesOf(focal) ?? [];
  const focalContext = { ...focal.context, relatedTypes };
  const secrets = secretsInContext(focalContext, { ...focal, focalFile: focal.file });
  for (const secret of secrets) place.note(`Masked before sending: ${secretText(secret)}`);
  const request = {
    repository: writer.repository,
    model: writer.model,
    focalClass: focal.focalClass,
    focalMethod: focal.focalMethod,
    focalContext,
    nearestTests: nearest.map(nearestTestOf),
    maxNewTokens: mostCandidateTokens(repository?.clean ?? []),
  };
  const write = async (wanted: Wanted) => {
    const candidates: Candidate[] = [];
    for await (const part of generate(connection, { ...request, ...wanted }, { signal })) {
      if (part.kind === 'candidate') candidates.push(part.candidate);
      if (part.kind === 'finished')
        place.note(`${candidates.length} candidates in ${(part.durationMs / 1000).toFixed(1)} s by ${writer.name}`);
    }
    return candidates;
  };
  return { name: writer.name, write };
}
