import * as vscode from 'vscode';
import { JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { type FocalMethodSearch, findFocalMethod } from '../workspace/find-focal-method.ts';

/** Finds the method at the cursor. Keeps the last file's declarations, because the editor asks at every move of the cursor. */
export class FocalMethods implements vscode.Disposable {
  #parser: Promise<JavaParser> | undefined;
  #last:
    | {
        readonly document: vscode.TextDocument;
        readonly version: number;
        readonly find: (offset: number) => FocalMethodSearch;
      }
    | undefined;

  async at(document: vscode.TextDocument, position: vscode.Position): Promise<FocalMethodSearch> {
    if (this.#last?.document !== document || this.#last.version !== document.version) {
      this.#parser ??= JavaParser.create();
      const parser = await this.#parser;
      const { version } = document;
      const source = document.getText();
      const path = vscode.workspace.asRelativePath(document.uri, false);
      const unit = withJavaTree(parser, source, readCompilationUnit);
      this.#last = { document, version, find: (offset) => findFocalMethod(path, source, unit, offset) };
    }
    return this.#last.find(document.offsetAt(position));
  }

  dispose(): void {
    void this.#parser?.then((parser) => parser.delete());
  }
}
