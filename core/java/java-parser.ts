import { Language, type Node, Parser, type Tree } from 'web-tree-sitter';
import { JavaCursor } from './java-cursor.ts';
import { type JavaGrammar, readGrammar } from './java-grammar.ts';
import { TreeSitterBinding, type TreeSitterModule } from './tree-sitter-binding.ts';
import { wasmFile } from './wasm-files.ts';

/**
 * Parses Java. It holds WebAssembly memory: call {@link JavaParser.delete} when done. Creating one is cheap after the first, because the
 * grammar is loaded once per thread.
 */
export class JavaParser {
  readonly grammar: JavaGrammar;
  readonly #binding: TreeSitterBinding;
  readonly #parser: Parser;

  private constructor({ language, grammar, binding }: LoadedLanguage) {
    this.grammar = grammar;
    this.#binding = binding;
    this.#parser = new Parser();
    this.#parser.setLanguage(language);
  }

  static async create(): Promise<JavaParser> {
    loadedLanguage ??= loadLanguage();
    return new JavaParser(await loadedLanguage);
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
    return new JavaTree(source, tree, this.grammar, this.#binding);
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
  readonly #binding: TreeSitterBinding;

  constructor(source: string, tree: Tree, grammar: JavaGrammar, binding: TreeSitterBinding) {
    this.source = source;
    this.#tree = tree;
    this.grammar = grammar;
    this.#binding = binding;
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
  walk<T>(visit: (cursor: JavaCursor) => T): T {
    const cursor = new JavaCursor(this.#tree.walk(), this.#binding);
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

interface LoadedLanguage {
  readonly language: Language;
  readonly grammar: JavaGrammar;
  readonly binding: TreeSitterBinding;
}

let loadedLanguage: Promise<LoadedLanguage> | undefined;

async function loadLanguage(): Promise<LoadedLanguage> {
  // The library fills the module into this object.
  const module: Partial<TreeSitterModule> & { locateFile(): string } = {
    locateFile: () => wasmFile('web-tree-sitter.wasm'),
  };
  await Parser.init(module);
  const language = await Language.load(wasmFile('tree-sitter-java.wasm'));
  const binding = new TreeSitterBinding(module);
  return { language, grammar: readGrammar(language), binding };
}
