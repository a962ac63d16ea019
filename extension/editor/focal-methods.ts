import * as vscode from 'vscode';
import type { CompilationUnit } from '../../core/java/compilation-unit.ts';
import { JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { type FocalClassSearch, findFocalClass } from '../workspace/find-focal-class.ts';
import { type FocalMethodSearch, findFocalMethod } from '../workspace/find-focal-method.ts';
import { type UntestedMethod, untestedMethodsIn } from '../workspace/untested-methods-in.ts';

interface ReadFile {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly path: string;
  readonly source: string;
  readonly unit: CompilationUnit;
}

/** Finds the method or the class at the cursor. Keeps the last file's declarations, because the editor asks at every move of the cursor. */
export class FocalMethods implements vscode.Disposable {
  #parser: Promise<JavaParser> | undefined;
  #last: ReadFile | undefined;

  async at(document: vscode.TextDocument, position: vscode.Position): Promise<FocalMethodSearch> {
    return this.atOffset(document, document.offsetAt(position));
  }

  async atOffset(document: vscode.TextDocument, offset: number): Promise<FocalMethodSearch> {
    const { path, source, unit } = await this.#read(document);
    return findFocalMethod(path, source, unit, offset);
  }

  async classAt(document: vscode.TextDocument, position: vscode.Position): Promise<FocalClassSearch> {
    const { path, source, unit } = await this.#read(document);
    return findFocalClass(path, source, unit, document.offsetAt(position));
  }

  async untested(document: vscode.TextDocument, tested: ReadonlySet<string>): Promise<UntestedMethod[]> {
    const { path, source, unit } = await this.#read(document);
    return untestedMethodsIn(path, source, unit, tested);
  }

  async #read(document: vscode.TextDocument): Promise<ReadFile> {
    this.#parser ??= JavaParser.create();
    const parser = await this.#parser;
    if (this.#last?.document !== document || this.#last.version !== document.version) {
      const source = document.getText();
      this.#last = {
        document,
        version: document.version,
        path: vscode.workspace.asRelativePath(document.uri, false),
        source,
        unit: withJavaTree(parser, source, readCompilationUnit),
      };
    }
    return this.#last;
  }

  dispose(): void {
    void this.#parser?.then((parser) => parser.delete());
  }
}
