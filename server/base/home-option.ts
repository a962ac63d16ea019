import { fileURLToPath } from 'node:url';

/** Where the set-up put the Python environment and the base model. The bundle lies in dist/, and a checkout's home beside that. */
export const homeOption = {
  type: 'string',
  default: process.env.BESPOKE_HOME ?? fileURLToPath(new URL('../.bespoke', import.meta.url)),
} as const;
