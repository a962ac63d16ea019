import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the set-up put the Python environment and the base model. The bundle lies in dist/, and a checkout's home beside that. */
export const homeOption = {
  type: 'string',
  default: process.env.BESPOKE_HOME ?? fileURLToPath(new URL('../.bespoke', import.meta.url)),
} as const;

/** The embedded base model in a home folder. */
export const baseModelDirOf = (home: string) => join(home, 'base-model', 'smollm2-135m-tests');
