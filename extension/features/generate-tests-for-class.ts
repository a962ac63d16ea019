import * as vscode from 'vscode';
import { ServerError } from '../client/server-error.ts';
import type { FocalMethods } from '../editor/focal-methods.ts';
import { signalOf } from '../editor/signal-of.ts';
import { Failure, showFailure } from '../show-failure.ts';
import { count } from '../workspace/consent-text.ts';
import { testedMethods, untestedMethodsOf } from '../workspace/untested-methods.ts';
import { type ClassTests, MethodTests, type TestedClass } from './class-tests.ts';
import { javaPlace } from './generate-test.ts';
import { ensureLocalServer } from './set-up-local-server.ts';
import { minedOrEmpty, type WritingParts, writeTests } from './write-tests.ts';

export interface GenerateForClassParts extends WritingParts {
  readonly focalMethods: FocalMethods;
  readonly tests: ClassTests;
}

/** *Generate Tests for Class*: writes and checks tests for each method of the class at the cursor that has none, one after the other. */
export function activate(context: vscode.ExtensionContext, parts: GenerateForClassParts): void {
  let running = false;
  context.subscriptions.push(
    vscode.commands.registerCommand(
      'bespoke.generateTestsForClass',
      async (uri?: vscode.Uri, position?: vscode.Position) => {
        if (running) {
          void vscode.window.showInformationMessage(
            'Bespoke: tests for a class are being written; wait, or cancel that.',
          );
          return;
        }
        running = true;
        try {
          await generateTestsForClass(context, parts, uri, position);
        } catch (cause) {
          showFailure(cause, parts.logs);
        } finally {
          running = false;
        }
      },
    ),
  );
}

async function generateTestsForClass(
  context: vscode.ExtensionContext,
  parts: GenerateForClassParts,
  uri?: vscode.Uri,
  position?: vscode.Position,
): Promise<void> {
  const place = await javaPlace('class', uri, position);
  const found = await parts.focalMethods.classAt(place.document, place.position);
  if (found.kind === 'none') throw new Failure(found.reason);
  if (!(await ensureLocalServer(parts.link, parts.logs))) return;
  const { file, type } = found;
  const tested = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Bespoke: tests for ${type.name}`, cancellable: true },
    async (progress, token) => {
      const signal = signalOf(token);
      try {
        const say = (message: string) => progress.report({ message });
        const repository = await minedOrEmpty(parts, place.folder, signal, say);
        const methods: MethodTests[] = [];
        for (const method of untestedMethodsOf(file, type, testedMethods(repository?.tested ?? []))) {
          const search = await parts.focalMethods.atOffset(place.document, method.signatureStart);
          if (search.kind === 'method') methods.push(new MethodTests(search.focal, place.folder));
        }
        if (methods.length === 0) {
          throw new Failure(`every public method of ${type.name} has a test: use Generate Test to get one more.`);
        }
        say(`connecting to ${parts.link.place.name}`);
        await parts.link.connection();
        signal.throwIfAborted();
        const fresh: TestedClass = { folder: place.folder, name: type.name, file, methods };
        parts.tests.add(fresh);
        await writeAll(context, parts, fresh, signal, progress);
        return fresh;
      } catch (cause) {
        if (signal.aborted) return undefined;
        throw cause;
      }
    },
  );
  if (tested !== undefined) showOutcome(tested);
}

/** One method after the other: the model is the one of this repository, and each check has the machine to itself. */
async function writeAll(
  context: vscode.ExtensionContext,
  parts: GenerateForClassParts,
  { methods }: TestedClass,
  signal: AbortSignal,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): Promise<void> {
  const { tests } = parts;
  try {
    for (const [at, method] of methods.entries()) {
      const name = method.focal.focalMethod;
      const say = (message: string) =>
        progress.report({ message: `${at + 1} of ${methods.length}, ${name}: ${message}` });
      tests.set(method, { kind: 'writing' });
      try {
        const written = await writeTests(context, parts, method.folder, method.focal, signal, say);
        tests.set(method, { kind: 'written', tests: written });
      } catch (cause) {
        if (signal.aborted || !isOfOneMethod(cause)) throw cause;
        tests.set(method, { kind: 'none', reason: cause.message });
      }
      progress.report({ increment: 100 / methods.length });
    }
  } finally {
    for (const method of methods) {
      if (method.state.kind === 'waiting' || method.state.kind === 'writing') {
        tests.set(method, { kind: 'none', reason: signal.aborted ? 'It was cancelled.' : 'It was not tried.' });
      }
    }
  }
}

/** A method that no test can be written for does not keep the others from theirs; a server that is gone does. */
function isOfOneMethod(cause: unknown): cause is Error {
  return cause instanceof Failure || (cause instanceof ServerError && ['refused', 'limit'].includes(cause.kind));
}

/** Says what came out of it. Does not wait for an answer. */
function showOutcome({ name, methods }: TestedClass): void {
  const useful = methods.filter(({ isUseful }) => isUseful).length;
  const keep = 'Keep All Useful';
  const look = 'Show Tests';
  void vscode.window
    .showInformationMessage(
      `Bespoke: tests for ${count(methods.length, 'method')} of ${name} were tried, ${useful} useful. Nothing is written before you keep it.`,
      ...(useful > 0 ? [look, keep] : [look]),
    )
    .then((chosen) => {
      if (chosen === keep) return vscode.commands.executeCommand('bespoke.keepUsefulTests');
      if (chosen === look) return vscode.commands.executeCommand('bespoke.classTests.focus');
    });
}
