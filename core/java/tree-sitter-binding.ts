/** The library's WebAssembly module, which it fills into the options that it is initialised with. */
export interface TreeSitterModule {
  readonly HEAP32: Int32Array;
  _ts_init(): number;
  _ts_tree_cursor_goto_first_child_wasm(tree: number): number;
  _ts_tree_cursor_goto_next_sibling_wasm(tree: number): number;
  _ts_tree_cursor_goto_parent_wasm(tree: number): number;
  _ts_tree_cursor_current_node_type_id_wasm(tree: number): number;
  _ts_tree_cursor_current_field_id_wasm(tree: number): number;
  _ts_tree_cursor_start_index_wasm(tree: number): number;
  _ts_tree_cursor_end_index_wasm(tree: number): number;
  _ts_tree_cursor_current_node_wasm(tree: number): void;
  _ts_node_has_error_wasm(tree: number): number;
}

/**
 * What {@link JavaCursor} calls of the module, taken out once: on the module itself, with its hundreds of properties, every call would
 * begin with a search for its function.
 */
export class TreeSitterBinding {
  readonly gotoFirstChild: (tree: number) => number;
  readonly gotoNextSibling: (tree: number) => number;
  readonly gotoParent: (tree: number) => number;
  readonly nodeTypeId: (tree: number) => number;
  readonly fieldId: (tree: number) => number;
  readonly startIndex: (tree: number) => number;
  readonly endIndex: (tree: number) => number;
  readonly currentNode: (tree: number) => void;
  readonly nodeHasError: (tree: number) => number;
  /** Where arguments lie, in integers of 32 bits from the start of the memory. */
  readonly #arguments: number;
  readonly #module: TreeSitterModule;
  #memory: Int32Array;

  /** Throws when the library did not fill the module in. */
  constructor(module: Partial<TreeSitterModule>) {
    if (!isFilled(module)) {
      throw new Error(
        'web-tree-sitter does not give its module away as it did: adapt core/java/tree-sitter-binding.ts.',
      );
    }
    this.#module = module;
    this.#memory = module.HEAP32;
    this.#arguments = module._ts_init() / Int32Array.BYTES_PER_ELEMENT;
    this.gotoFirstChild = module._ts_tree_cursor_goto_first_child_wasm;
    this.gotoNextSibling = module._ts_tree_cursor_goto_next_sibling_wasm;
    this.gotoParent = module._ts_tree_cursor_goto_parent_wasm;
    this.nodeTypeId = module._ts_tree_cursor_current_node_type_id_wasm;
    this.fieldId = module._ts_tree_cursor_current_field_id_wasm;
    this.startIndex = module._ts_tree_cursor_start_index_wasm;
    this.endIndex = module._ts_tree_cursor_end_index_wasm;
    this.currentNode = module._ts_tree_cursor_current_node_wasm;
    this.nodeHasError = module._ts_node_has_error_wasm;
  }

  /** Where a cursor's four numbers lie in {@link memory} for a call, and after it. */
  get arguments(): number {
    return this.#arguments;
  }

  /** The module's memory. When it grows, the library replaces the view, and the one before is left empty. */
  get memory(): Int32Array {
    if (this.#memory.length === 0) this.#memory = this.#module.HEAP32;
    return this.#memory;
  }
}

function isFilled(module: Partial<TreeSitterModule>): module is TreeSitterModule {
  return module.HEAP32 !== undefined && FUNCTIONS.every((name) => typeof module[name] === 'function');
}

const FUNCTIONS = [
  '_ts_init',
  '_ts_tree_cursor_goto_first_child_wasm',
  '_ts_tree_cursor_goto_next_sibling_wasm',
  '_ts_tree_cursor_goto_parent_wasm',
  '_ts_tree_cursor_current_node_type_id_wasm',
  '_ts_tree_cursor_current_field_id_wasm',
  '_ts_tree_cursor_start_index_wasm',
  '_ts_tree_cursor_end_index_wasm',
  '_ts_tree_cursor_current_node_wasm',
  '_ts_node_has_error_wasm',
] as const satisfies readonly (keyof TreeSitterModule)[];
