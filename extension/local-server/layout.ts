import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_BASE, type EmbeddedBase } from '../../core/base-model/embedded-bases.ts';

/** Where the parts of the local server lie. All paths are absolute. */
export interface LocalServerLayout {
  /** `dist/server.js`. */
  readonly serverScript: string;
  /** `server/setup/setup.mjs`. */
  readonly setUpScript: string;
  /** `server/trainer`. */
  readonly trainerDir: string;
  /** Shared by all workspaces: Python environment and base models. */
  readonly home: string;
  /** The one that writes. */
  readonly base: EmbeddedBase;
  /** The server's own folder: ledger, corpora, adapters. One server at a time. */
  readonly dataDir: string;
}

/** The layout of an installed extension, or of a checkout after `npm run build`. */
export function layoutOf(root: string, home: string, dataDir: string, base = DEFAULT_BASE): LocalServerLayout {
  return {
    serverScript: join(root, 'dist', 'server.js'),
    setUpScript: join(root, 'server', 'setup', 'setup.mjs'),
    trainerDir: join(root, 'server', 'trainer'),
    home,
    base,
    dataDir,
  };
}

export function pythonOf(home: string): string {
  return process.platform === 'win32'
    ? join(home, 'venv', 'Scripts', 'python.exe')
    : join(home, 'venv', 'bin', 'python');
}

export function baseModelDirOf(home: string, base: EmbeddedBase = DEFAULT_BASE): string {
  return join(home, 'base-model', base);
}

/** What the set-up still has to put into the home folder; empty when it is complete. */
export function missingParts({ home, base }: Pick<LocalServerLayout, 'home' | 'base'>): string[] {
  const missing: string[] = [];
  if (!existsSync(pythonOf(home))) missing.push('the Python environment');
  if (!existsSync(join(baseModelDirOf(home, base), 'manifest.json'))) missing.push('the base model');
  return missing;
}
