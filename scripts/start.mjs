// `npm start [-- DIR]`: sets everything up, then runs the main job on DIR, or on the sample workspace.
import { join, resolve } from 'node:path';
import { root, run, setUpCheckout } from './set-up.mjs';

try {
  const at = await setUpCheckout();
  const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))[0];
  // npm runs scripts in the package's folder; a relative path is meant from where the user stands.
  const workspace = named === undefined ? join(root, 'test', 'sample') : resolve(process.env.INIT_CWD ?? '.', named);
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
  await run('node', [join(root, 'dist', 'cli.js'), 'start', workspace, '--home', at.home, ...flags]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
