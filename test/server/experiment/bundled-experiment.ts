import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..', '..');

/** Bundles the experiment as `npm run build` does, beside a stand-in for the main job. Returns the script. */
export async function bundleExperiment(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-experiment-'));
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.url': '__moduleUrl' },
    banner: { js: `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
  };
  const script = join(folder, 'experiment.js');
  await build({ ...common, entryPoints: [join(root, 'server', 'experiment', 'main.ts')], outfile: script });
  const standIn = join(import.meta.dirname, 'stand-in-main-job.ts');
  await build({ ...common, entryPoints: [standIn], outfile: join(folder, 'cli.js') });
  return script;
}

export interface EndedExperiment {
  readonly code: number | null;
  readonly output: string;
}

/** Starts the experiment; `kill` ends it at once, as `kill -9` does, and leaves its main job behind. */
export function startExperiment(script: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...environment } });
  let output = '';
  let hear = () => {};
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
    hear();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<EndedExperiment>((done) => child.on('close', (code) => done({ code, output })));
  /** Until a main job has begun so many times, or the experiment has ended. */
  const begun = (times: number) =>
    Promise.race([
      ended,
      new Promise<void>((done) => {
        hear = () => {
          if (output.split('Mining').length > times) done();
        };
        hear();
      }),
    ]);
  return { ended, begun, kill: () => child.kill('SIGKILL'), interrupt: () => child.kill('SIGTERM') };
}

/** Every file that an experiment writes for its readers, by its path. */
export function resultFiles(out: string): Record<string, string> {
  const names = ['tables.md', 'results.json', 'report.html'];
  const figures = readdirSync(join(out, 'figures')).map((name) => `figures/${name}`);
  const runs = readdirSync(join(out, 'runs')).map((name) => `runs/${name}`);
  return Object.fromEntries(
    [...names, ...figures, ...runs].map((name) => [name, readFileSync(join(out, name), 'utf8')]),
  );
}
