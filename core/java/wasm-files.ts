import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const PACKAGE_PATHS = {
  'web-tree-sitter.wasm': 'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-java.wasm': 'tree-sitter-java/tree-sitter-java.wasm',
} as const;

/**
 * Absolute path of a WebAssembly file. In a bundle it lies next to the bundle (scripts/build.mjs copies it there); when the sources run
 * as they are, it lies in its npm package.
 */
export function wasmFile(name: keyof typeof PACKAGE_PATHS): string {
  const besideThisModule = fileURLToPath(new URL(name, import.meta.url));
  return existsSync(besideThisModule) ? besideThisModule : createRequire(import.meta.url).resolve(PACKAGE_PATHS[name]);
}
