// `npm run experiment -- --out DIR …`: sets everything up, then runs the papers' experiments. `-- --help` tells the options.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, setUpCheckout } from './set-up.mjs';

try {
  const at = await setUpCheckout();
  const script = join(root, 'dist', 'experiment.js');
  const child = spawn(process.execPath, [script, '--home', at.home, ...process.argv.slice(2)], {
    // npm runs scripts in the package's folder; relative paths are meant from where the user stands.
    cwd: process.env.INIT_CWD ?? root,
    stdio: 'inherit',
  });
  // The terminal interrupts both; whoever ends only this process means the experiment. It ends in good order, and is waited for.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.exitCode = await new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
