import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from './command.ts';

/** `bespoke base`: what makes the base models. The server owns them, so its own program does the work. */
export const base: Command = {
  summary: 'Make a base model: examples from published libraries, and tuning on them',
  usage: `Usage: bespoke base corpus --out DIR [options]
       bespoke base train --corpus DIR --out DIR [--base DIR [--prefix]] [--home DIR]
       bespoke base pretrain --corpus DIR --out DIR [--windows N] [--home DIR]
       bespoke base export --checkpoint DIR --out DIR [--name NAME] [--home DIR]
       bespoke base evaluate --out DIR [--summary] [--part NAME]... [options]

corpus: fetches the pinned sources of published Java libraries with Maven, mines them and writes DIR/corpus.examples.jsonl and
DIR/corpus.summary.json. train: tunes a base on them and writes DIR/tuning: of the pinned weights their changes, of a base of the
project's own the whole model, with --prefix a generic prefix for it and nothing else. pretrain: trains a BART on the libraries' source and writes DIR/checkpoint. export: makes a
base-model folder of a Hugging Face checkpoint, for instance of one of these. evaluate: runs the main job on the libraries that
are kept for it, at most 300 pairs each, and prints tables; with --summary from the records alone. An interrupted run goes on
where it ended.

  --base DIR                  base-model folder to tune, or to make examples for (when left out: the pinned weights)
  --home DIR                  where the set-up put the base model (when left out: as npm start does)
  --most-pairs N              most pairs of a library (when left out: 600 to train on, 300 to evaluate with)
  --windows N                 most pieces of source to pre-train on (when left out: all)
  --part NAME                 libraries, without-nearest-tests, folds or strategies (when left out: all of them)
  --held-out N                most pairs to hold out for each split (when left out: 40)
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
