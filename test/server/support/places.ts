import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where set-up put what the tests need. */
export const home = resolve(process.env.BESPOKE_HOME ?? join(root, '.bespoke'));

export const trainerDir = join(root, 'server', 'trainer');

/** A trainer that is none: it speaks the protocol and computes nothing. Only for tests of what happens around a trainer. */
export const standInTrainerDir = join(root, 'test', 'server', 'stand-in-trainer');

/** The Python environment with PyTorch. Throws when set-up has not made it. */
export function trainerPython(): string {
  const python = process.env.BESPOKE_TRAINER_PYTHON ?? join(home, 'venv', 'bin', 'python');
  if (!existsSync(python)) throw new Error(`There is no ${python}: run \`npm test\` once, its set-up makes it.`);
  return python;
}
