import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_BASE, type EmbeddedBase } from '../../core/base-model/embedded-bases.ts';

/** Where the set-up put the Python environment and the base model. The bundle lies in dist/, and a checkout's home beside that. */
export const homeOption = {
  type: 'string',
  default: process.env.BESPOKE_HOME ?? fileURLToPath(new URL('../.bespoke', import.meta.url)),
} as const;

/** One of the embedded base models. */
export const baseOption = { type: 'string', default: DEFAULT_BASE } as const;

/** An embedded base model in a home folder. */
export const baseModelDirOf = (home: string, base: EmbeddedBase) => join(home, 'base-model', base);
