import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';

/** `bespoke base`: what makes the base models. The server owns them, so its own program does the work. */
export const base: Command = {
  summary: "Make the base models' training examples from published libraries",
  usage: `Usage: bespoke base corpus --out DIR [options]

Fetches the pinned sources of published Java libraries with Maven, mines them and writes DIR/corpus.examples.jsonl and
DIR/corpus.summary.json. An interrupted run goes on where it ended.

  --home DIR                  where the set-up put the base model (when left out: as npm start does)
  --most-pairs N              most training pairs of a library (when left out: 600)
  --most-validation-pairs N   most validation pairs of a library (when left out: 25)
  --seed N                    what chance decides by (when left out: 1)`,
  run: (argv, signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(__dirname, 'base.js'), ...argv], { stdio: 'inherit' });
      signal.addEventListener('abort', () => child.kill('SIGTERM'));
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 1));
    }),
};
