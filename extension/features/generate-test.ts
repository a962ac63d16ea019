import * as vscode from 'vscode';
import { nearestTestOf } from '../../core/model-input/assemble-model-input.ts';
import { mostCandidateTokens } from '../../core/model-input/most-candidate-tokens.ts';
import { NEAREST_TESTS_OFFERED } from '../../core/model-input/nearest-tests.ts';
import type { CheckResult } from '../check/check-result.ts';
import { type Candidate, generate } from '../client/generation.ts';
import type { FocalMethods } from '../editor/focal-methods.ts';
import { anchorForGhostText } from '../editor/ghost-anchor.ts';
import type { NewFilePreview } from '../editor/new-file-preview.ts';
import { signalOf } from '../editor/signal-of.ts';
import { type SuggestedTest, type SuggestionState, usefulReason } from '../editor/suggestion.ts';
import type { SuggestionSession } from '../editor/suggestion-session.ts';
import type { Logs } from '../log.ts';
import type { Placement } from '../placement/placement.ts';
import { applyInsertions } from '../placement/placement.ts';
import type { ServerLink } from '../server-link.ts';
import { generationSettings } from '../settings.ts';
import { Failure, showFailure } from '../show-failure.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { chosenModel } from './models.ts';
import { type PlacedCandidate, placeAndCheck } from './place-candidates.ts';
import { ensureLocalServer } from './set-up-local-server.ts';

export interface GenerateParts {
  readonly link: ServerLink;
  readonly logs: Logs;
  readonly mined: MinedRepositories;
  readonly focalMethods: FocalMethods;
  readonly session: SuggestionSession;
  readonly preview: NewFilePreview;
}

/** *Generate Test*: candidates for the method at the cursor, placed, checked, and offered in the test file. */
export function activate(context: vscode.ExtensionContext, parts: GenerateParts): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('bespoke.generateTest', async (uri?: vscode.Uri, position?: vscode.Position) => {
      try {
        await generateTest(context, parts, uri, position);
      } catch (cause) {
        showFailure(cause, parts.logs);
      }
    }),
  );
}

async function generateTest(
  context: vscode.ExtensionContext,
  parts: GenerateParts,
  uri?: vscode.Uri,
  position?: vscode.Position,
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const document = uri === undefined ? editor?.document : await vscode.workspace.openTextDocument(uri);
  const folder = document === undefined ? undefined : vscode.workspace.getWorkspaceFolder(document.uri);
  if (document === undefined || folder === undefined || document.languageId !== 'java') {
    throw new Failure('open a Java file of the workspace and put the cursor into the method that is to be tested.');
  }
  const found = await parts.focalMethods.at(
    document,
    position ?? editor?.selection.active ?? new vscode.Position(0, 0),
  );
  if (found.kind === 'none') throw new Failure(found.reason);
  if (!(await ensureLocalServer(parts.link, parts.logs))) return;
  const focal = found.focal;
  const placed = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Bespoke: test for ${focal.focalMethod}`,
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      const say = (message: string) => progress.report({ message });
      try {
        const repository = await minedOrEmpty(parts, folder, signal, say);
        const candidates = await write(context, parts, folder, focal, repository, signal, say);
        return await placeAndCheck(context, folder, focal, candidates, repository, signal, say);
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
  if (placed === undefined) return;
  const [best] = placed;
  if (best === undefined) {
    throw new Failure(
      `the model wrote no test for ${focal.focalMethod} that is new and valid Java: try again, or personalize first.`,
      {
        title: 'Personalize',
        command: 'bespoke.personalize',
      },
    );
  }
  const file = vscode.Uri.joinPath(folder.uri, best.placement.file);
  if (best.placement.isNewFile) {
    await parts.preview.show({
      file,
      tests: asTests(placed, ({ placement, check }) => ({ text: placement.text, imports: [], ...describe(check) })),
    });
    return;
  }
  const testDocument = await vscode.workspace.openTextDocument(file);
  if (
    applyInsertions(testDocument.getText(), [best.placement.test, ...best.placement.imports]) !== best.placement.text
  ) {
    throw new Failure(`${best.placement.file} was changed while the test was written: generate it again.`);
  }
  const anchored = (placement: Placement) => anchorForGhostText(testDocument.getText(), placement.test);
  await parts.session.show({
    document: testDocument,
    offset: anchored(best.placement).offset,
    tests: asTests(placed, ({ placement, check }) => ({
      text: anchored(placement).text,
      imports: placement.imports,
      ...describe(check),
    })),
  });
}

/** A repository without tests has no pairs; the base model can still write. */
async function minedOrEmpty(
  { mined, logs }: GenerateParts,
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
  { link, logs }: GenerateParts,
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

function describe(check: CheckResult | null): { state: SuggestionState; reason: string } {
  return {
    state: stateOf(check),
    reason: check === null ? 'Checking is switched off in the settings.' : reasonOf(check),
  };
}

/** The first reason, and what was repaired: the user keeps a text that the model did not write. */
function reasonOf({ reasons }: CheckResult): string {
  const [first] = reasons;
  const repaired = reasons.find(({ code }) => code === 'repaired');
  if (repaired === undefined) return first?.message ?? '';
  return `${first === undefined || first === repaired ? usefulReason : first.message} ${repaired.message}`;
}

function stateOf(check: CheckResult | null): SuggestionState {
  if (check === null || check.compiles === null) return 'not-checked';
  if (check.useful === true) return 'useful';
  if (check.passes === true) return 'passes';
  if (check.compiles) return 'compiles';
  return check.parses ? 'parses' : 'broken';
}

function asTests(
  placed: readonly PlacedCandidate[],
  convert: (one: PlacedCandidate) => SuggestedTest,
): readonly [SuggestedTest, ...SuggestedTest[]] {
  const [first, ...rest] = placed.map(convert);
  if (first === undefined) throw new Error('There is no test to show.');
  return [first, ...rest];
}
