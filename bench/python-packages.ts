import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonOf } from '../extension/local-server/layout.ts';
import { home, root } from '../test/server/support/places.ts';

/** Installs what the benches compare with, once, beside the trainer's environment. Returns the folder for PYTHONPATH. */
export function competitorPackages(): string {
  const folder = join(home, 'benchmark-packages');
  const lock = join(root, 'server', 'trainer', 'benchmarks', 'requirements.lock');
  const stamp = join(folder, 'stamp');
  const key = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return folder;
  const where = ['--python', pythonOf(home), '--target', folder];
  const install = ['pip', 'install', '--quiet', '--no-deps', '--require-hashes', ...where, '--requirement', lock];
  const { status } = spawnSync(join(home, 'tools', 'bin', 'uv'), install, { stdio: 'inherit' });
  if (status !== 0) throw new Error('What the bench compares with could not be installed: look above.');
  writeFileSync(stamp, key);
  return folder;
}
