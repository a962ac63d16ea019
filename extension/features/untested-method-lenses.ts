import * as vscode from 'vscode';
import type { FocalMethods } from '../editor/focal-methods.ts';
import type { Logs } from '../log.ts';
import { codeLensSettings } from '../settings.ts';
import type { MinedRepositories } from '../workspace/mined-repositories.ts';
import { testedMethods } from '../workspace/untested-methods.ts';

export interface UntestedMethodLensParts {
  readonly focalMethods: FocalMethods;
  readonly mined: MinedRepositories;
  readonly logs: Logs;
}

/** "Generate test" above each public method without a test; switched off until the user asks for it. */
export function activate(context: vscode.ExtensionContext, parts: UntestedMethodLensParts): void {
  const lenses = new UntestedMethodLenses(parts);
  context.subscriptions.push(
    lenses,
    vscode.languages.registerCodeLensProvider({ language: 'java', scheme: 'file' }, lenses),
    parts.mined.onDidOutdate((folder) => lenses.outdate(folder)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => lenses.refresh()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bespoke.codeLens')) lenses.refresh();
    }),
  );
}

/** What is known of a folder; the methods stay as they were until it is mined again. */
interface KnownTests {
  /** `null`: the folder has no tests, so that a lens on every method would only be noise. */
  readonly tested: ReadonlySet<string> | null;
  isOutdated: boolean;
}

/** Never waits for mining: while it runs in the background, the editor shows what was known before. */
class UntestedMethodLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #parts: UntestedMethodLensParts;
  readonly #known = new Map<string, KnownTests>();
  readonly #mining = new Set<string>();
  readonly #stopped = new AbortController();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(parts: UntestedMethodLensParts) {
    this.#parts = parts;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const folder = vscode.workspace.getWorkspaceFolder(document.uri);
    if (folder === undefined || !vscode.workspace.isTrusted || !codeLensSettings(folder.uri).untestedMethods) return [];
    const known = this.#known.get(folder.uri.toString());
    if (known === undefined || known.isOutdated) void this.#mine(folder);
    if (known === undefined || known.tested === null) return [];
    const untested = await this.#parts.focalMethods.untested(document, known.tested);
    return untested.map(({ name, start }) => {
      const place = document.positionAt(start);
      return new vscode.CodeLens(new vscode.Range(place, place), {
        title: '$(beaker)\u00a0Generate test',
        tooltip: `No test of this repository calls ${name} in a way that Bespoke can see`,
        command: 'bespoke.generateTest',
        arguments: [document.uri, place],
      });
    });
  }

  refresh(): void {
    this.#changed.fire();
  }

  outdate(folder: vscode.Uri): void {
    const known = this.#known.get(folder.toString());
    if (known === undefined) return;
    known.isOutdated = true;
    this.#changed.fire();
  }

  dispose(): void {
    this.#stopped.abort();
    this.#changed.dispose();
  }

  async #mine(folder: vscode.WorkspaceFolder): Promise<void> {
    const key = folder.uri.toString();
    if (this.#mining.has(key)) return;
    this.#mining.add(key);
    const { signal } = this.#stopped;
    let tested: ReadonlySet<string> | null = null;
    try {
      tested = testedMethods((await this.#parts.mined.known(folder, { signal })).tested);
    } catch (cause) {
      // A background matter: the user did not ask for it just now.
      if (!signal.aborted)
        this.#parts.logs.client.warn(`No code lenses: ${cause instanceof Error ? cause.message : cause}`);
    } finally {
      this.#mining.delete(key);
    }
    if (signal.aborted) return;
    this.#known.set(key, { tested, isOutdated: false });
    this.#changed.fire();
  }
}
