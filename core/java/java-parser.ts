import { Language, type Node, Parser, type Tree, type TreeCursor } from 'web-tree-sitter';
import { type JavaGrammar, readGrammar } from './java-grammar.ts';
import { wasmFile } from './wasm-files.ts';

/**
 * Parses Java. It holds WebAssembly memory: call {@link JavaParser.delete} when done. Creating one is cheap after the first, because the
 * grammar is loaded once per thread.
 */
export class JavaParser {
  readonly grammar: JavaGrammar;
  readonly #parser: Parser;

  private constructor(language: Language, grammar: JavaGrammar) {
    this.grammar = grammar;
    this.#parser = new Parser();
    this.#parser.setLanguage(language);
  }

  static async create(): Promise<JavaParser> {
    loadedLanguage ??= loadLanguage();
    const { language, grammar } = await loadedLanguage;
    return new JavaParser(language, grammar);
  }

  /**
   * Parses any text: broken Java gives a tree with error nodes. Returns `null` when parsing took longer than `deadlineMs`, which happens
   * only with input that is far from Java. All offsets in the tree count UTF-16 units, as JavaScript strings do.
   */
  parse(source: string, { deadlineMs = 20_000 }: { readonly deadlineMs?: number } = {}): JavaTree | null {
    const giveUpAt = performance.now() + deadlineMs;
    // The library declares the callback's result as void, but reads it: true stops the parse.
    const progressCallback = (): boolean => performance.now() > giveUpAt;
    const tree = this.#parser.parse(source, null, { progressCallback });
    if (tree === null) {
      this.#parser.reset();
      return null;
    }
    return new JavaTree(source, tree, this.grammar);
  }

  delete(): void {
    this.#parser.delete();
  }
}

/** The syntax tree of one source text. It holds WebAssembly memory: call {@link JavaTree.delete} when done. */
export class JavaTree {
  readonly source: string;
  readonly grammar: JavaGrammar;
  readonly #tree: Tree;

  constructor(source: string, tree: Tree, grammar: JavaGrammar) {
    this.source = source;
    this.#tree = tree;
    this.grammar = grammar;
  }

  /** Convenient, but one object per node: walk large trees with {@link JavaTree.walk}. */
  get root(): Node {
    return this.#tree.rootNode;
  }

  /** True when some part of the source is not Java. */
  get hasErrors(): boolean {
    return this.#tree.rootNode.hasError;
  }

  /** Calls `visit` with a cursor at the root and frees the cursor afterwards. */
  walk<T>(visit: (cursor: TreeCursor) => T): T {
    const cursor = this.#tree.walk();
    try {
      return visit(cursor);
    } finally {
      cursor.delete();
    }
  }

  delete(): void {
    this.#tree.delete();
  }
}

/** Parses, hands the tree to `read` and frees it. Throws when the text is so far from Java that parsing does not end. */
export function withJavaTree<T>(parser: JavaParser, source: string, read: (tree: JavaTree) => T): T {
  const tree = parser.parse(source);
  if (tree === null) {
    throw new Error('Parsing took too long: the text is probably not Java.');
  }
  try {
    return read(tree);
  } finally {
    tree.delete();
  }
}

let loadedLanguage: Promise<{ language: Language; grammar: JavaGrammar }> | undefined;

async function loadLanguage(): Promise<{ language: Language; grammar: JavaGrammar }> {
  await Parser.init({ locateFile: () => wasmFile('web-tree-sitter.wasm') });
  const language = await Language.load(wasmFile('tree-sitter-java.wasm'));
  return { language, grammar: readGrammar(language) };
}
