import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';

/** `bespoke base`: what makes the base models. The server owns them, so its own program does the work. */
export const base: Command = {
  summary: 'Make a base model: examples from published libraries, and tuning on them',
  usage: `Usage: bespoke base corpus --out DIR [options]
       bespoke base train --corpus DIR --out DIR [--home DIR]

corpus: fetches the pinned sources of published Java libraries with Maven, mines them and writes DIR/corpus.examples.jsonl and
DIR/corpus.summary.json. train: tunes the pinned weights on them and writes DIR/tuning. An interrupted run goes on where
it ended.

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
