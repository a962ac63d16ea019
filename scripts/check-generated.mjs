// Generates the code from `proto/` again and fails when it differs from what is there.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './set-up.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'bespoke-generated-'));
try {
  const kept = join(root, 'proto', 'gen');
  cpSync(join(root, 'proto'), join(scratch, 'proto'), { recursive: true, filter: (path) => path !== kept });
  const ended = spawnSync(join(root, 'node_modules/.bin/buf'), ['generate', '--output', scratch], {
    cwd: join(root, 'proto'),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (ended.status !== 0) throw new Error('buf generate failed; its output is above.');
  const fresh = join(scratch, 'gen');
  const list = (folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .toSorted();
  const differing = [...new Set([...list(kept), ...list(fresh)])].filter(
    (name) => read(join(kept, name)) !== read(join(fresh, name)),
  );
  if (differing.length > 0)
    throw new Error(`Generated files are out of date: ${differing.join(', ')}; run \`npm run generate\` and commit.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
