import * as vscode from 'vscode';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { WrittenTests } from './write-tests.ts';

/** How far the tests for one method are. */
export type MethodTestsState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'writing' }
  /** Why there is no test; one sentence. */
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'written'; readonly tests: WrittenTests }
  /** The user took a test into the file. */
  | { readonly kind: 'kept' };

/** One method of a class, and the tests that were written for it. */
export class MethodTests {
  readonly focal: Focal;
  readonly folder: vscode.WorkspaceFolder;
  state: MethodTestsState = { kind: 'waiting' };

  constructor(focal: Focal, folder: vscode.WorkspaceFolder) {
    this.focal = focal;
    this.folder = folder;
  }

  /** Whether its best test compiles, passes and can fail. */
  get isUseful(): boolean {
    return this.state.kind === 'written' && this.state.tests[0].check?.useful === true;
  }
}

/** A class and its methods that had no test. */
export interface TestedClass {
  readonly folder: vscode.WorkspaceFolder;
  readonly name: string;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly methods: readonly MethodTests[];
}

export function idOf({ folder, file, name }: TestedClass): string {
  return `${folder.uri} ${file} ${name}`;
}

/** The tests that were written for whole classes in this window, the newest class first. Nothing of it is in a file before the user keeps it. */
export class ClassTests implements vscode.Disposable {
  #classes: readonly TestedClass[] = [];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  get classes(): readonly TestedClass[] {
    return this.#classes;
  }

  get useful(): MethodTests[] {
    return this.#classes.flatMap(({ methods }) => methods.filter(({ isUseful }) => isUseful));
  }

  /** Takes the place of what was there for the same class. */
  add(fresh: TestedClass): void {
    const others = this.#classes.filter((known) => idOf(known) !== idOf(fresh));
    this.#classes = [fresh, ...others];
    this.#changed.fire();
  }

  set(method: MethodTests, state: MethodTestsState): void {
    method.state = state;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
