import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  DEFAULT_BASE,
  EMBEDDED_BASES,
  type EmbeddedBase,
  embeddedBase,
  noSuchBase,
} from '../../../core/base-model/embedded-bases.ts';
import { JavaParser } from '../../../core/java/java-parser.ts';
import { NEAREST_TESTS_OFFERED } from '../../../core/model-input/nearest-tests.ts';
import { samplePairs } from '../../../core/splits/sample-pairs.ts';
import { Connection } from '../../client/connection.ts';
import { describeServer } from '../../client/personalization.ts';
import {
  type Adapter,
  PREFIX_STARTS,
  type PrefixStart,
  type RequestedStrategy,
  requestedStrategies,
} from '../../client/run.ts';
import { baseModelDirOf, layoutOf } from '../../local-server/layout.ts';
import { LocalServer } from '../../local-server/local-server.ts';
import { candidateRecords } from '../../proof/candidate-records.ts';
import { checkComparisons } from '../../proof/check-comparison.ts';
import { compareModels, type ModelComparison, rewriteBy, withCopyAndRename } from '../../proof/compare-models.ts';
import { heldOutSets } from '../../proof/held-out-set.ts';
import { personalizationReport } from '../../proof/personalization-report.ts';
import { CANDIDATES_SHOWN } from '../../proof/write-candidates.ts';
import { renderStyleReport } from '../../report/render-style-report.ts';
import { mineRepository } from '../../workspace/mine-repository.ts';
import { miningReport } from '../../workspace/mining-report.ts';
import { workFolder } from '../cli-server.ts';
import { type Command, INTERRUPTED, USAGE_ERROR } from '../command.ts';
import { personalizeRepository } from './personalize-repository.ts';
import { comparisonTable, scoresForJson } from './print-comparison.ts';
import { Stages } from './stages.ts';
import { trainingLengths } from './training-lengths.ts';
import { UnfinishedStart } from './unfinished-start.ts';

const defaultStrategy: RequestedStrategy = 'last-decoder-block';
/** As many as leave the sample's whole job under ten minutes on two cores. */
const defaultHeldOutPairs = 30;

/** `bespoke start`: the main job from a workspace to a proof, on this machine. */
export const start: Command = {
  summary: 'Personalize a model to a Java workspace on this machine and prove the gain',
  usage: `Usage: bespoke start DIR --home DIR [options]

Compiles and runs tests of DIR, in a sandbox where one is installed: name only a workspace that you trust.

  --home DIR          where the set-up put the Python environment and the base models
  --base NAME         ${EMBEDDED_BASES.join(' or ')} (when left out: ${DEFAULT_BASE})
  --strategy NAME     ${requestedStrategies.join(', ')}
                      (when left out: ${defaultStrategy})
  --held-out N        most pairs to hold out for each split (when left out: ${defaultHeldOutPairs})
  --most-pairs N      most pairs to personalize and prove with (when left out: all)
  --fold N            0 to 3: which pairs to hold out; no two folds hold out the same (when left out: 0)
  --nearest-tests N   0 to 4: most of the repository's tests that the model is shown
                      (when left out: ${NEAREST_TESTS_OFFERED}; 0 is the setting of the papers)
  --candidates N      1 to 8: how many tests each model writes for a pair (when left out: ${CANDIDATES_SHOWN})
  --frozen-blocks K   bottom blocks that telly does not train (when left out: as the trainer has it)
  --prefix-start S    what prefix starts as: generic, the base's own, or words, the most frequent
                      of the repository's tests (when left out: generic where the base brings one)
  --report FILE       the style report (when left out: in the work folder); the candidates with
                      their checks, what the training told and the examples' lengths are
                      written beside it
  --work DIR          where the server keeps what it learned; one start at a time
                      (when left out: in the home folder, one for each base model)

The last line is one JSON object.`,
  run,
};

interface StartOptions {
  readonly workspace: string;
  readonly home: string;
  readonly work: string;
  readonly base: EmbeddedBase;
  readonly strategy: RequestedStrategy;
  readonly heldOutPairs: number;
  readonly mostPairs: number;
  readonly fold: number;
  readonly nearestTests: number;
  readonly candidates: number;
  readonly frozenBlocks: number | undefined;
  readonly prefixStart: PrefixStart | undefined;
  readonly report: string | undefined;
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    process.stderr.write(`bespoke start: ${options} See \`bespoke start --help\`.\n`);
    return USAGE_ERROR;
  }
  // The bundle lies in dist/, beside the folders that it starts programs from.
  const root = resolve(__dirname, '..');
  const { work } = options;
  mkdirSync(work, { recursive: true });
  // Now, and not after the work is done, is the time to hear that the report has no place.
  if (options.report !== undefined) mkdirSync(dirname(resolve(options.report)), { recursive: true });
  const serverLog = join(work, 'server.log');
  writeFileSync(serverLog, '');
  const server = new LocalServer(layoutOf(root, options.home, join(work, 'server'), options.base), {
    onLog: (line) => appendFileSync(serverLog, `${line}\n`),
  });
  try {
    await mainJob(options, { root, work, server }, signal);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('bespoke start: interrupted; the next start for the same goes on with the training.\n');
      return INTERRUPTED;
    }
    say(`The server's log is ${serverLog}.`);
    throw error;
  } finally {
    await server.stop();
  }
}

async function mainJob(
  options: StartOptions,
  { root, work, server }: { readonly root: string; readonly work: string; readonly server: LocalServer },
  signal: AbortSignal,
): Promise<void> {
  const stages = new Stages(say);
  const unfinished = new UnfinishedStart(join(work, 'unfinished-start.json'));

  const repository = await stages.run('mine', `Mining ${options.workspace}`, async (note) => {
    const mined = await mineRepository(options.workspace, work, { signal });
    note(`${mined.pairs.length} pairs from ${mined.testMethods} test methods`);
    return { ...mined, clean: samplePairs(mined.clean, options.mostPairs) };
  });

  const connection = await stages.run('server', 'Starting the local server', async () => {
    const { address, token } = await server.start();
    return new Connection({ address, token, tls: false });
  });
  try {
    const personalized = await stages.run('personalize', `Personalizing (${options.strategy})`, (note) =>
      personalizeRepository(connection, repository, options, { unfinished, signal, note }),
    );

    const sets = await heldOutSets(personalized.run, repository.clean);
    const { candidates } = options;
    const writer = { connection, repository: repository.identity.id, candidates, signal };
    const written = await stages.run(
      'generate',
      'Writing tests with the base and the personalized model',
      async (note) => {
        const comparisons: ModelComparison[] = [];
        for (const set of sets) {
          comparisons.push(withCopyAndRename(await compareModels(writer, personalized.adapter.id, set)));
          note(`${set.split}: ${set.pairs.length} pairs, two models`);
        }
        return comparisons;
      },
    );

    const { comparisons, report: checks } = await stages.run(
      'check',
      'Compiling and running what they wrote, and having rewritten what is of no use',
      (note) => {
        const place = {
          workspaceDir: options.workspace,
          trusted: true,
          cacheDir: join(work, 'check', repository.identity.id),
          harnessDir: join(root, 'extension', 'check', 'harness'),
          signal,
        };
        const rewrite = rewriteBy(writer, personalized.adapter.id);
        return checkComparisons(place, written, repository.pairs, rewrite).then((checked) => {
          for (const problem of checked.report.problems) note(problem);
          return checked;
        });
      },
    );

    const report = await stages.run('report', 'Writing the style report', async () => {
      const tests = repository.pairs.map(({ testSource }) => testSource);
      const part = personalizationReport(
        comparisons,
        tests,
        personalized.events,
        personalized.adapter,
        await describeServer(connection, { signal }),
      );
      const file = options.report ?? join(work, `${repository.identity.id}.html`);
      await writeRecords(besideReport(file, 'candidates'), comparisons, tests);
      writeLines(besideReport(file, 'events'), personalized.events);
      const lengths = await trainingLengths(
        personalized.run,
        repository.clean,
        baseModelDirOf(options.home, options.base),
      );
      writeLines(besideReport(file, 'lengths'), lengths);
      writeFileSync(
        file,
        renderStyleReport(
          {
            repository: { name: repository.identity.name, commit: repository.identity.commit, createdMs: Date.now() },
            houseStyle: repository.houseStyle,
            teamRules: repository.teamStyle.isFromFile ? repository.teamStyle.rules : null,
            mining: miningReport(repository),
            ...part,
          },
          { target: 'file' },
        ),
      );
      return { file, part };
    });

    say('');
    for (const proof of report.part.proof) say(`${comparisonTable(proof)}\n`);
    say(`candidates ran in: ${checks.sandbox}`);
    say(personalized.refusal ?? 'The personalized model is better on held-out pairs and is active.');
    say(`style report: ${report.file}`);
    const pairs = { pairs: repository.pairs.length, trainPairs: personalized.run.trainPairIds.length };
    unfinished.finished();
    say(JSON.stringify(lastLine(personalized.adapter, pairs, report, stages)));
  } finally {
    connection.close();
  }
}

const besideReport = (report: string, what: string) => report.replace(/(?:\.html)?$/, `.${what}.jsonl`);

async function writeRecords(
  file: string,
  comparisons: readonly ModelComparison[],
  repositoryTests: readonly string[],
): Promise<void> {
  const parser = await JavaParser.create();
  try {
    writeLines(file, candidateRecords(parser, comparisons, repositoryTests));
  } finally {
    parser.delete();
  }
}

function writeLines(file: string, records: readonly object[]): void {
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

function lastLine(
  { strategy }: Adapter,
  pairs: { readonly pairs: number; readonly trainPairs: number },
  { file, part }: { readonly file: string; readonly part: ReturnType<typeof personalizationReport> },
  stages: Stages,
) {
  const scores = (split: 'by-pair' | 'by-focal-class') => {
    const proof = part.proof.find((one) => one.split === split);
    return proof === undefined
      ? { base: null, personalized: null }
      : { base: scoresForJson(proof.base), personalized: scoresForJson(proof.personalized) };
  };
  return {
    ...pairs,
    strategy,
    adapterBytes: part.model?.adapterBytes ?? null,
    ...scores('by-pair'),
    byClass: scores('by-focal-class'),
    seconds: stages.seconds,
    report: file,
  };
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(argv: readonly string[]): StartOptions | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error);
  }
  const { values, positionals } = parsed;
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) return 'Name exactly one workspace.';
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return `There is no folder ${folder}.`;
  if (values.home === undefined) return 'Name the home folder of the set-up with --home.';
  const strategy = requestedStrategies.find((name) => name === values.strategy);
  if (strategy === undefined)
    return `There is no strategy '${values.strategy}': use ${requestedStrategies.join(', ')}.`;
  const base = embeddedBase(values.base);
  if (base === undefined) return noSuchBase(values.base);
  const heldOutPairs = Number(values['held-out']);
  if (!(Number.isInteger(heldOutPairs) && heldOutPairs >= 1)) return '--held-out must be a whole number of at least 1.';
  const fold = Number(values.fold);
  if (!isWhole(fold, 0, 3)) return '--fold must be a whole number from 0 to 3.';
  const nearestTests = Number(values['nearest-tests']);
  if (!isWhole(nearestTests, 0, NEAREST_TESTS_OFFERED))
    return `--nearest-tests must be a whole number from 0 to ${NEAREST_TESTS_OFFERED}.`;
  const candidates = Number(values.candidates);
  if (!isWhole(candidates, 1, 8)) return '--candidates must be a whole number from 1 to 8.';
  const mostPairs = Number(values['most-pairs'] ?? Number.POSITIVE_INFINITY);
  if (!(mostPairs >= 1)) return '--most-pairs must be a whole number of at least 1.';
  const frozenBlocks = values['frozen-blocks'] === undefined ? undefined : Number(values['frozen-blocks']);
  if (frozenBlocks !== undefined && strategy !== 'telly') return '--frozen-blocks goes with --strategy telly only.';
  if (frozenBlocks !== undefined && !isWhole(frozenBlocks, 0, Number.MAX_SAFE_INTEGER))
    return '--frozen-blocks must be a whole number of at least 0.';
  const prefixStart = PREFIX_STARTS.find((one) => one === values['prefix-start']);
  if (values['prefix-start'] !== undefined && (strategy !== 'prefix' || prefixStart === undefined))
    return `--prefix-start is ${PREFIX_STARTS.join(' or ')}, and goes with --strategy prefix only.`;
  const { home, report } = values;
  const work = resolve(values.work ?? workFolder(home, base));
  const counts = { heldOutPairs, mostPairs, fold, nearestTests, candidates, frozenBlocks };
  return { workspace: resolve(folder), home: resolve(home), work, base, strategy, ...counts, prefixStart, report };
}

const isWhole = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      home: { type: 'string' },
      base: { type: 'string', default: DEFAULT_BASE },
      strategy: { type: 'string', default: defaultStrategy },
      'held-out': { type: 'string', default: String(defaultHeldOutPairs) },
      'most-pairs': { type: 'string' },
      fold: { type: 'string', default: '0' },
      'nearest-tests': { type: 'string', default: String(NEAREST_TESTS_OFFERED) },
      candidates: { type: 'string', default: String(CANDIDATES_SHOWN) },
      'frozen-blocks': { type: 'string' },
      'prefix-start': { type: 'string' },
      work: { type: 'string' },
      report: { type: 'string' },
    },
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
