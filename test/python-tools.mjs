// Programs of Python packages that only the tests need, each set in an environment of its own in the home folder.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLayout } from '../server/setup/setup.mjs';

/** A program of an environment in a home folder. */
export function pythonTool(home, environment, program) {
  const windows = process.platform === 'win32';
  return join(home, environment, windows ? 'Scripts' : 'bin', windows ? `${program}.exe` : program);
}

/**
 * Sets an environment up from its lock file where that was not done before, with the packaging tools that the server's own set-up left in
 * the home folder.
 */
export async function setUpPythonTools({ home, environment, lock, title, run, say }) {
  const folder = join(home, environment);
  const stamp = join(folder, 'stamp');
  const key = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say(`set-up: ${title} …`);
  rmSync(folder, { recursive: true, force: true });
  const { uv, toolsPython } = homeLayout(home);
  await run(uv, ['venv', '--quiet', '--python', toolsPython, folder]);
  const python = pythonTool(home, environment, 'python');
  await run(uv, ['pip', 'sync', '--quiet', '--require-hashes', '--python', python, lock]);
  writeFileSync(stamp, key);
}
