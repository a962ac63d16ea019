import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import { defaultCacheFile } from '../../core/mining/mining-cache.ts';
import {
  FILE_PROBLEMS,
  MiningError,
  type MiningMode,
  type MiningProgress,
  type MiningSummary,
} from '../../core/mining/mining-record.ts';
import { type Command, INTERRUPTED, USAGE_ERROR } from './command.ts';
import { openLines } from './lines-file.ts';

/** `bespoke mine`: writes a workspace's focal-method/test pairs as JSON Lines. */
export const mine: Command = {
  summary: "Mine a Java workspace's focal-method/test pairs",
  usage: `Usage: bespoke mine DIR [options]

  --mode MODE      methods2test: the published miner's rules to the letter
                   default: finds more, with confidence and evidence (when left out);
                   leaves out what DIR/.bespokeignore excludes
  --out FILE       write one pair a line as JSON; - for standard output
  --reasons FILE   write one line for every test method that is no pair, with its reason; - for standard output
  --summary        print counts, reasons and seconds as one JSON object on standard output
  --cache FILE     keep what was parsed here between runs (when left out: in your cache folder)
  --no-cache       neither read nor write a cache
  --threads N      parsing threads; 0 for none (when left out: by free cores)
  --quiet          no progress on standard error`,
  run,
};

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    process.stderr.write(`bespoke mine: ${options} See \`bespoke mine --help\`.\n`);
    return USAGE_ERROR;
  }
  try {
    const summary = await writeRecords(options, signal);
    report(summary, options);
    return summary.cancelled ? INTERRUPTED : 0;
  } catch (error) {
    if (error instanceof MiningError) {
      process.stderr.write(`bespoke mine: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

interface MineOptions {
  readonly workspace: string;
  readonly mode: MiningMode;
  readonly out: string | undefined;
  readonly reasons: string | undefined;
  readonly printsSummary: boolean;
  readonly cacheFile: string | undefined;
  readonly threads: number | undefined;
  readonly showsProgress: boolean;
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]): MineOptions | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return error instanceof Error ? `${error.message.replace(/\.?$/, '.')}` : String(error);
  }
  const { values, positionals } = parsed;
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) {
    return 'Name exactly one folder to mine.';
  }
  if (values.mode !== 'default' && values.mode !== 'methods2test') {
    return `There is no mode '${values.mode}': use methods2test or default.`;
  }
  if (values.out === undefined && values.reasons === undefined && !values.summary) {
    return 'Say what to do with the result: --out FILE, --reasons FILE or --summary.';
  }
  if ([values.out, values.reasons, values.summary ? '-' : undefined].filter((target) => target === '-').length > 1) {
    return 'Only one of --out, --reasons and --summary can have standard output.';
  }
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 0 && threads <= 64)) {
    return `--threads must be a whole number from 0 to 64, not '${values.threads}'.`;
  }
  const workspace = resolve(folder);
  const cacheFile = values['no-cache'] ? undefined : (values.cache ?? defaultCacheFile(workspace, values.mode));
  const showsProgress = !values.quiet && process.stderr.isTTY === true;
  const { mode, out, reasons, summary: printsSummary } = values;
  return { workspace, mode, out, reasons, printsSummary, cacheFile, threads, showsProgress };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      mode: { type: 'string', default: 'default' },
      out: { type: 'string' },
      reasons: { type: 'string' },
      summary: { type: 'boolean', default: false },
      cache: { type: 'string' },
      'no-cache': { type: 'boolean', default: false },
      threads: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
  });
}

async function writeRecords(options: MineOptions, signal: AbortSignal): Promise<MiningSummary> {
  const pairs = await openLines(options.out);
  const reasons = await openLines(options.reasons);
  let summary: MiningSummary | undefined;
  try {
    const records = mineWorkspace({
      workspace: options.workspace,
      mode: options.mode,
      signal,
      ...(options.cacheFile === undefined ? {} : { cacheFile: options.cacheFile }),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.showsProgress ? { onProgress: showProgress } : {}),
    });
    for await (const record of records) {
      if (record.kind === 'pair') {
        const { pair, nearDuplicateOf } = record;
        await pairs.write(nearDuplicateOf === undefined ? pair : { ...pair, nearDuplicateOf });
      } else if (record.kind === 'unpaired') {
        const { kind: _, ...unpaired } = record;
        await reasons.write(unpaired);
      } else if (record.kind === 'problem') {
        process.stderr.write(options.showsProgress ? '\r\u001b[K' : '');
        process.stderr.write(`bespoke mine: ${record.file}: ${FILE_PROBLEMS[record.problem]}\n`);
      } else {
        summary = record.summary;
      }
    }
  } catch (error) {
    await pairs.discard();
    await reasons.discard();
    throw error;
  }
  if (summary === undefined || summary.cancelled) {
    await pairs.discard();
    await reasons.discard();
  } else {
    await pairs.keep();
    await reasons.keep();
  }
  if (summary === undefined) {
    throw new Error('Mining ended without a summary: this is a bug, please report it.');
  }
  return summary;
}

function showProgress({ phase, done, total }: MiningProgress): void {
  process.stderr.write(`\r\u001b[K${phase}${total === 0 ? '' : ` ${done} of ${total}`}`);
}

function report(summary: MiningSummary, options: MineOptions): void {
  process.stderr.write(options.showsProgress ? '\r\u001b[K' : '');
  for (const notice of summary.notices) {
    process.stderr.write(`bespoke mine: ${notice}\n`);
  }
  if (summary.cancelled) {
    process.stderr.write('bespoke mine: interrupted; nothing was written.\n');
  } else if (options.out !== '-' && options.reasons !== '-' && !options.printsSummary) {
    process.stdout.write(`${summary.pairs} pairs from ${summary.testMethods} test methods in ${summary.seconds} s\n`);
  }
  if (options.printsSummary) {
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  }
}
