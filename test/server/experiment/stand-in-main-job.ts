/**
 * Stands in for `bespoke start` (extension/cli/start), beside the experiment's bundle under its name: trains nothing, and writes what
 * the same parameters always give. With STAND_IN_FAILS it fails for runs whose report it names; STAND_IN_MS is how long it takes.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: Object.fromEntries(
    [
      ...[
        'home',
        'base',
        'work',
        'report',
        'strategy',
        'fold',
        'nearest-tests',
        'held-out',
        'candidates',
        'most-pairs',
      ],
      'frozen-blocks',
      'prefix-start',
    ].map((name) => [name, { type: 'string' as const }]),
  ),
});
const report = values.report ?? '';
const strategy = values.strategy ?? '';

/** From 0 to 1, the same for the same words. */
const share = (...words: unknown[]) =>
  createHash('sha256').update(words.join(' ')).digest().readUInt32BE() / 0xffff_ffff;

const strength =
  { custom: 12, 'embeddings-output': 10, 'last-decoder-block': 12, prefix: 11, telly: 11 }[strategy] ?? 0;

function candidate(split: string, model: string, pair: number) {
  const isModel = model === 'base' || model === 'personalized';
  const settings = model === 'personalized' ? [strategy, values['frozen-blocks'], values['prefix-start']] : [];
  const words = [positionals[1], values.fold, values['nearest-tests'], split, model, pair, ...settings];
  const right = (model === 'personalized' ? strength : 6) + Math.round(6 * share(...words));
  const passes = share('pass', ...words) < right / 20;
  return {
    ...{ split, model, pairId: `f${values.fold}-${split}-${pair}`, focalFile: 'A.java', focalClass: `C${pair % 3}` },
    candidate: 'void secretSource() {}',
    bleu: {
      matches: [0, 1, 2, 3].map((n) => Math.max(0, right - n)),
      totals: [20, 19, 18, 17],
      ...{ hypothesisTokens: 20, referenceTokens: 20 },
    },
    match: { exact: right > 17, abstracted: right > 15 },
    bestMatch: { exact: right > 16, abstracted: right > 14 },
    loss: isModel ? { sum: 30 - right, targetTokens: 20, targetCharacters: 80 } : null,
    styleSimilarity: right / 20,
    candidateParses: true,
    check: model === 'nearest-copy' ? null : { parses: true, compiles: passes, passes, useful: passes },
  };
}

async function main(): Promise<void> {
  // Who was started, so that a test can count.
  appendFileSync(process.env.STAND_IN_LOG ?? '/dev/null', `${report} ${process.pid}\n`);
  const server = join(values.work ?? '', 'server');
  // A server takes up the runs that it finds, and the experiment would wait for them.
  if (existsSync(server)) throw new Error('The stand-in met the server folder of another run.');
  mkdirSync(server, { recursive: true });
  process.stdout.write('Mining …\n');
  await new Promise((done) => setTimeout(done, Number(process.env.STAND_IN_MS ?? 0)));
  if (process.env.STAND_IN_FAILS !== undefined && report.includes(process.env.STAND_IN_FAILS)) {
    process.stderr.write('bespoke: The stand-in was told to fail.\n');
    process.exitCode = 1;
    return;
  }
  const records = ['by-pair', 'by-focal-class'].flatMap((split) =>
    ['base', 'personalized', 'nearest-copy', 'nearest-rename'].flatMap((model) =>
      [0, 1, 2, 3, 4, 5].map((pair) => candidate(split, model, pair)),
    ),
  );
  const lines = (all: readonly object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report.replace(/\.html$/, '.candidates.jsonl'), lines(records));
  const cost = { custom: 4, 'embeddings-output': 3, 'last-decoder-block': 1, prefix: 5, telly: 2 }[strategy] ?? 1;
  const blocks = strategy === 'prefix' ? [] : ['decoder.0', 'decoder.1'];
  const events = [
    { kind: 'stage', timeMs: 0, stage: 'train', detail: 'Train.' },
    ...[0, 1, 2].map((epoch) => ({
      ...{ kind: 'validation', timeMs: 1000 + 2000 * epoch, step: 5 * epoch, epoch, best: true },
      ...{ validationLoss: 1.2 - (strength / 50) * (1 - 0.5 ** epoch), petaflopSeconds: cost * epoch },
    })),
    { kind: 'progress', timeMs: 5000, step: 10, maxSteps: 20, epoch: 2, loss: 1, petaflopSeconds: 2 * cost },
    {
      ...{ kind: 'adapter', timeMs: 6000, bytes: cost * 1e6, trainedParameters: cost * 1e6, baseParameters: 1e7 },
      trainingSeconds: 4 * cost,
      blockChanges: blocks.map((block, at) => ({ block, meanAbsoluteChange: 1e-4 * (at + 1) })),
    },
  ];
  writeFileSync(report.replace(/\.html$/, '.events.jsonl'), lines(events));
  const lengths = [0, 1, 2].map((n) => ({ sourceTokens: 300 + n, targetTokens: 90 + n }));
  writeFileSync(report.replace(/\.html$/, '.lengths.jsonl'), lines(lengths));
  const seconds = { mine: 1, personalize: 4 * cost };
  process.stdout.write(`${JSON.stringify({ pairs: 40, trainPairs: 20, strategy, seconds, report })}\n`);
}

main();
