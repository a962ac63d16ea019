import type * as vscode from 'vscode';
import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import { type Candidate, generate } from '../client/generation.ts';
import type { Logs } from '../log.ts';
import type { ServerLink } from '../server-link.ts';
import { generationSettings } from '../settings.ts';
import { Failure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { chosenModel } from './models.ts';
import { type PlacedCandidate, placeAndCheck } from './place-candidates.ts';

export interface WritingParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
}

/** At least one test, best first. */
export type WrittenTests = readonly [PlacedCandidate, ...PlacedCandidate[]];

/** Has the model write candidates for one method, places and checks them. Fails when not one is left. */
export async function writeTests(
  context: vscode.ExtensionContext,
  parts: WritingParts,
  folder: vscode.WorkspaceFolder,
  focal: Focal,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<WrittenTests> {
  const repository = await minedOrEmpty(parts, folder, signal, say);
  const candidates = await write(context, parts, folder, focal, repository, signal, say);
  const [best, ...others] = await placeAndCheck(context, folder, focal, candidates, repository, signal, say);
  if (best === undefined) {
    throw new Failure(
      `the model wrote no test for ${focal.focalMethod} that is new and valid Java: try again, or personalize first.`,
      { title: 'Personalize', command: 'bespoke.personalize' },
    );
  }
  return [best, ...others];
}

/** A repository without tests has no pairs; the base model can still write. */
export async function minedOrEmpty(
  { mined, logs }: WritingParts,
  folder: vscode.WorkspaceFolder,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<MinedRepository | undefined> {
  try {
    return await mined.known(folder, { signal, onProgress: say });
  } catch (cause) {
    if (signal.aborted) throw cause;
    logs.client.warn(`No nearest tests: ${cause instanceof Error ? cause.message : String(cause)}`);
    return undefined;
  }
}

async function write(
  context: vscode.ExtensionContext,
  { link, logs }: WritingParts,
  folder: vscode.WorkspaceFolder,
  focal: Focal,
  repository: MinedRepository | undefined,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<Candidate[]> {
  say(`connecting to ${link.place.name}`);
  const connection = await link.connection();
  const wanted = generationSettings(folder.uri).candidates;
  say(wanted === 1 ? 'writing' : `writing ${wanted} candidates`);
  const query = { focalClass: focal.focalClass, focalMethodSource: focal.context.method };
  const nearest = repository?.nearest.nearest(query, NEAREST_TESTS_OFFERED, new Set()) ?? [];
  const candidates: Candidate[] = [];
  const parts = generate(
    connection,
    {
      repository: repository?.identity.id ?? 'unknown',
      model: repository === undefined ? { kind: 'base' } : chosenModel(context, folder),
      focalClass: focal.focalClass,
      focalMethod: focal.focalMethod,
      focalContext: focal.context,
      nearestTests: nearest.map(nearestTestOf),
      candidates: wanted,
      maxNewTokens: mostCandidateTokens(repository?.clean ?? []),
    },
    { signal },
  );
  for await (const part of parts) {
    if (part.kind === 'candidate') candidates.push(part.candidate);
    if (part.kind === 'finished')
      logs.client.info(`${candidates.length} candidates in ${(part.durationMs / 1000).toFixed(1)} s`);
  }
  return candidates;
}
