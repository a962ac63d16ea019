import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { INTERRUPTED, USAGE_ERROR } from '../base/command-line.ts';
import { baseModelDirOf } from '../base/home-option.ts';
import { keepToBase } from '../base/keep-to-base.ts';
import { carryOut } from './carry-out.ts';
import { claimFolder } from './claim-folder.ts';
import { EXPERIMENT_USAGE, readOptions } from './options.ts';
import { mainJobRuns } from './personalize-and-prove.ts';
import { planRuns } from './plan.ts';
import { evaluationCoordinates, repositoriesOf } from './repository.ts';
import { writeResults } from './write-results.ts';

/** Of a base-model folder (`server/BASE_MODEL_FORMAT.md`). */
const GENERIC_PREFIX = 'prefix.safetensors';

/** `npm run experiment`: plans the runs, does those that are missing, and writes what all of them show. Returns the exit code. */
async function experiment(argv: readonly string[], signal: AbortSignal): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(EXPERIMENT_USAGE);
    return 0;
  }
  const options = readOptions(argv);
  if (typeof options === 'string') {
    process.stderr.write(`npm run experiment: ${options} See \`npm run experiment -- --help\`.\n`);
    return USAGE_ERROR;
  }
  const { out, home, base, jobs, heldOutPairs, analysesLayers, summary } = options;
  await mkdir(out, { recursive: true });
  let failures = 0;
  if (!summary) {
    if (options.design.prefixFromWords && !existsSync(join(baseModelDirOf(home, base), GENERIC_PREFIX)))
      throw new Error(
        `${base} brings no generic prefix, so every prefix starts from words: leave --prefix-from-words out.`,
      );
    const named = options.repositories.length > 0 ? options.repositories : evaluationCoordinates();
    const repositories = await repositoriesOf(named, join(out, 'work', 'libraries'));
    const plan = planRuns({ ...options.design, repositories: repositories.map(({ name }) => name) });
    await claimFolder(out);
    await keepToBase(join(out, 'runs'), base);
    const runs = mainJobRuns(repositories, { home, base, out, heldOutPairs, analysesLayers, say });
    failures = await carryOut(plan, runs, { out, jobs, signal, say });
  }
  const report = await writeResults(out);
  say(`report: ${report}`);
  if (failures > 0) say(`${failures} runs failed; the next start tries them again.`);
  return failures > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  // A second signal must not end the process halfway.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  try {
    return await experiment(argv, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('npm run experiment: interrupted; the next start goes on from here.\n');
    return INTERRUPTED;
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`npm run experiment: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
