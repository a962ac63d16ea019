// Sets up the S3 server of the tests, moto, in a Python environment of its own, from its lock file. It can be repeated.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeLayout } from '../../../server/setup/setup.mjs';

const lock = fileURLToPath(new URL('requirements.lock', import.meta.url));

/** The server's interpreter in a home folder. */
export function s3ServerPython(home) {
  const windows = process.platform === 'win32';
  return join(home, 's3-server', windows ? 'Scripts' : 'bin', windows ? 'python.exe' : 'python');
}

/** Sets it up where it is not, with the packaging tools that the server's own set-up left in the home folder. */
export async function setUpS3Server({ home, run, say }) {
  const folder = join(home, 's3-server');
  const stamp = join(folder, 'stamp');
  const key = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  say('set-up: S3 server of the tests (80 MB) …');
  rmSync(folder, { recursive: true, force: true });
  const { uv, toolsPython } = homeLayout(home);
  await run(uv, ['venv', '--quiet', '--python', toolsPython, folder]);
  await run(uv, ['pip', 'sync', '--quiet', '--require-hashes', '--python', s3ServerPython(home), lock]);
  writeFileSync(stamp, key);
}
