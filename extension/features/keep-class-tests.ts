import * as vscode from 'vscode';
import { signalOf } from '../editor/signal-of.ts';
import type { Placement } from '../placement/placement.ts';
import { readWorkspaceIndex } from '../placement/workspace-index.ts';
import { Failure, showFailure } from '../show-failure.ts';
import { count } from '../workspace/consent-text.ts';
import type { ClassTests, MethodTests } from './class-tests.ts';
import { type OfferingParts, offerTests, stillFits } from './offer-tests.ts';
import { placeAndCheck } from './place-candidates.ts';
import { candidatePlace, minedOrEmpty, type WritingParts, type WrittenTests } from './write-tests.ts';

/** Shows the tests of one method where they belong; the argument is the method. */
export const openTestsCommand = 'bespoke.internal.openTests';

export interface KeepParts extends WritingParts, OfferingParts {
  readonly tests: ClassTests;
}

/** From the tree into the files: one method's tests as ghost text, or *Keep All Useful Tests* after one confirmation. */
export function activate(context: vscode.ExtensionContext, parts: KeepParts): void {
  const guarded =
    <A extends unknown[]>(work: (...given: A) => Promise<void>) =>
    async (...given: A) => {
      try {
        await work(...given);
      } catch (cause) {
        showFailure(cause, parts.logs);
      }
    };
  context.subscriptions.push(
    vscode.commands.registerCommand(
      openTestsCommand,
      guarded((method: MethodTests) => openTests(context, parts, method)),
    ),
    vscode.commands.registerCommand(
      'bespoke.keepUsefulTests',
      guarded(() => keepUsefulTests(context, parts)),
    ),
  );
}

async function openTests(context: vscode.ExtensionContext, parts: KeepParts, method: MethodTests): Promise<void> {
  const written = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Bespoke: test for ${method.focal.focalMethod}`,
      cancellable: true,
    },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        return await testsNow(context, parts, method, signal, (message) => progress.report({ message }));
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
  if (written === undefined) return;
  await offerTests(parts, method.folder, method.focal, written, () => parts.tests.set(method, { kind: 'kept' }));
}

/** The method's tests as they fit into the test file now: after another edit, for instance a kept test, they are placed and checked again. */
async function testsNow(
  context: vscode.ExtensionContext,
  parts: KeepParts,
  method: MethodTests,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<WrittenTests | undefined> {
  const { focal, folder, state } = method;
  if (state.kind !== 'written') return undefined;
  if (await stillFits(folder, state.tests[0].placement)) return state.tests;
  const repository = await minedOrEmpty(parts, folder, signal, say);
  const candidates = state.tests.map(({ candidate }) => candidate);
  const place = candidatePlace(context, parts, folder);
  const index = await readWorkspaceIndex(place.path);
  const placed = await placeAndCheck(place, index, focal, candidates, repository, signal, say);
  const [best, ...others] = placed.tests;
  if (best === undefined && placed.problem !== null) throw new Failure(placed.problem);
  if (best === undefined) {
    const reason = `the tests for ${focal.focalMethod} are no longer new: generate others.`;
    parts.tests.set(method, { kind: 'none', reason });
    throw new Failure(reason);
  }
  const tests: WrittenTests = [best, ...others];
  parts.tests.set(method, { kind: 'written', tests });
  return tests;
}

async function keepUsefulTests(context: vscode.ExtensionContext, parts: KeepParts): Promise<void> {
  const { useful } = parts.tests;
  if (useful.length === 0) throw new Failure('there is no useful test to keep: generate tests for a class first.');
  const agreed = await vscode.window.showInformationMessage(
    `Keep ${count(useful.length, 'useful test')}?`,
    { modal: true, detail: useful.map(describe).join('\n') },
    'Keep',
  );
  if (agreed !== 'Keep') return;
  const kept = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Bespoke: keeping useful tests', cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      let number = 0;
      for (const method of useful) {
        progress.report({ message: method.focal.focalMethod, increment: 100 / useful.length });
        // One after the other, because each changes the file that the next one goes into.
        const written = await testsNow(context, parts, method, signal, () => {}).catch((cause: unknown) => {
          if (signal.aborted || cause instanceof Failure) return undefined;
          throw cause;
        });
        if (signal.aborted) break;
        // Beside the tests that were kept before, it may no longer be what it was.
        if (written === undefined || !method.isUseful) continue;
        await insert(method.folder, written[0].placement);
        parts.tests.set(method, { kind: 'kept' });
        number += 1;
      }
      return number;
    },
  );
  void vscode.window.showInformationMessage(
    `Bespoke: kept ${count(kept, 'test')} of ${useful.length}. The test files are not saved yet.`,
  );
}

function describe({ focal, state }: MethodTests): string {
  const file = state.kind === 'written' ? state.tests[0].placement.file : '';
  return `${focal.focalClass}.${focal.focalMethod}: ${file.slice(file.lastIndexOf('/') + 1)}`;
}

async function insert(folder: vscode.WorkspaceFolder, placement: Placement): Promise<void> {
  const file = vscode.Uri.joinPath(folder.uri, placement.file);
  const edit = new vscode.WorkspaceEdit();
  if (placement.isNewFile) {
    edit.createFile(file, { overwrite: false, contents: Buffer.from(placement.text, 'utf8') });
  } else {
    const document = await vscode.workspace.openTextDocument(file);
    for (const { offset, text } of [...placement.imports, placement.test]) {
      edit.insert(file, document.positionAt(offset), text);
    }
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Failure(`${placement.file} could not be written: check that it is writable.`);
  }
}
