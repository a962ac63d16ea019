import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleExperiment, resultFiles, startExperiment } from './bundled-experiment.ts';

let script: string;
let folder: string;

beforeAll(async () => {
  script = await bundleExperiment();
  folder = mkdtempSync(join(tmpdir(), 'bespoke-experiments-'));
  for (const name of ['alpha', 'beta']) mkdirSync(join(folder, name));
  // Of the base model the experiment itself reads its sizes alone.
  const base = join(folder, 'base-model', 'smollm2-135m-tests');
  mkdirSync(base, { recursive: true });
  const attention = { heads: 2, keyValueHeads: 1, headSize: 4 };
  const manifest = { architecture: 'llama', blocks: { encoder: 0, decoder: 4 }, attention, vocabulary: 100 };
  writeFileSync(join(base, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(base, 'config.json'), JSON.stringify({ hidden_size: 8, intermediate_size: 16 }));
});

const design = (out: string, ...more: string[]) => [
  ...['--out', join(folder, out), '--repository', join(folder, 'alpha'), '--repository', join(folder, 'beta')],
  ...['--folds', '2', '--strategy', 'last-decoder-block', '--strategy', 'prefix', '--home', folder],
  ...['--without-nearest', '--telly', '1', '--pairs', '10,all', ...more],
];
/** Repositories × folds × strategies × inputs, then the sweep and one size more in the first fold. */
const RUNS = 2 * 2 * 2 * 2 + 2 + 2;

const runsIn = (out: string) =>
  existsSync(join(folder, out, 'runs'))
    ? readdirSync(join(folder, out, 'runs')).filter((name) => name.endsWith('.jsonl'))
    : [];

describe('an experiment with a stand-in for the main job', () => {
  let uninterrupted: Record<string, string>;

  beforeAll(async () => {
    const { code, output } = await startExperiment(script, design('whole')).ended;
    expect(output).toContain(`${RUNS} runs, 0 of them done already.`);
    expect(code).toBe(0);
    uninterrupted = resultFiles(join(folder, 'whole'));
  });

  it('keeps a record for every planned run, with its setting on every line and no source', () => {
    expect(runsIn('whole')).toHaveLength(RUNS);
    for (const name of runsIn('whole')) {
      const text = readFileSync(join(folder, 'whole', 'runs', name), 'utf8');
      expect(text).not.toContain('secretSource');
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toHaveLength(1 + 2 * 4 * 6);
      for (const line of lines) {
        expect(name).toContain(`${line.repository}.fold-${line.fold}.${line.strategy}`);
        expect(name).toContain(`.nearest-${line.nearestTests}.pairs-${line.mostPairs ?? 'all'}`);
      }
    }
  });

  it('ends with the same files however often it was killed', { timeout: 120_000 }, async () => {
    const args = design('killed', '--jobs', '2');
    const slow = { STAND_IN_MS: '60', STAND_IN_LOG: join(folder, 'killed.log') };
    let kills = 0;
    for (let done = -1; runsIn('killed').length < RUNS && kills < 3 * RUNS; ) {
      done = runsIn('killed').length;
      const started = startExperiment(script, args, slow);
      // In the middle of runs, and at a moment that differs from round to round: before, while and after one ends.
      await started.begun(2 + (kills % 5));
      await new Promise((wait) => setTimeout(wait, 25 * (kills % 7)));
      started.kill();
      kills++;
      await started.ended;
      expect(runsIn('killed').length).toBeGreaterThanOrEqual(done);
    }
    expect(kills).toBeGreaterThan(4);
    const { code, output } = await startExperiment(script, args, slow).ended;
    expect(output).toContain(`${RUNS} runs, ${RUNS} of them done already.`);
    expect(code).toBe(0);
    expect(resultFiles(join(folder, 'killed'))).toEqual(uninterrupted);
    // What was done was not done again: a start more than there are runs is one that was killed.
    const starts = readFileSync(slow.STAND_IN_LOG, 'utf8').trimEnd().split('\n').length;
    expect(starts).toBeLessThanOrEqual(RUNS + 2 * kills);
  });

  it('can be interrupted, and goes on', { timeout: 60_000 }, async () => {
    const started = startExperiment(script, design('interrupted'), { STAND_IN_MS: '300' });
    await started.begun(3);
    started.interrupt();
    const first = await started.ended;
    expect(first.code).toBe(130);
    expect(first.output).toContain('npm run experiment: interrupted; the next start goes on from here.');
    expect(runsIn('interrupted').length).toBeLessThan(RUNS);
    expect((await startExperiment(script, design('interrupted')).ended).code).toBe(0);
    expect(resultFiles(join(folder, 'interrupted'))).toEqual(uninterrupted);
  });

  it('goes on after a run that fails, and tries it again', async () => {
    const failing = { STAND_IN_FAILS: 'beta.fold-1.prefix.nearest-4' };
    const first = await startExperiment(script, design('failing'), failing).ended;
    expect(first.code).toBe(1);
    expect(first.output).toContain('1 runs failed; the next start tries them again.');
    expect(runsIn('failing')).toHaveLength(RUNS - 1);
    const second = await startExperiment(script, design('failing')).ended;
    expect(second.output).toContain(`${RUNS} runs, ${RUNS - 1} of them done already.`);
    expect(resultFiles(join(folder, 'failing'))).toEqual(uninterrupted);
  });

  it('says how far it is', async () => {
    const { output } = await startExperiment(script, design('paced', '--folds', '1')).ended;
    expect(output).toMatch(/^\d+ of 12 runs ended, about \d+ min left$/m);
    expect(output).toContain(`report: ${join(folder, 'paced', 'report.html')}`);
  });

  it('writes results from the records alone', async () => {
    mkdirSync(join(folder, 'summary', 'runs'), { recursive: true });
    for (const [name, text] of Object.entries(uninterrupted))
      if (name.startsWith('runs/')) writeFileSync(join(folder, 'summary', name), text);
    const { code } = await startExperiment(script, ['--out', join(folder, 'summary'), '--summary']).ended;
    expect(code).toBe(0);
    expect(resultFiles(join(folder, 'summary'))).toEqual(uninterrupted);
  });

  it.each([
    [
      ['--repository', 'org.apache.commons:commons-lang3:3.14.0'],
      /tuned or validated on org\.apache\.commons:commons-lang3:3\.14\.0/,
    ],
    [['--repository', 'no:such:1'], /There is no folder no:such:1, and corpus\.json pins no library/],
    [['--strategy', 'best'], /There is no strategy 'best'/],
    [['--base', 'gpt'], /There is no base model 'gpt': use smollm2-135m-tests or bart-10m-tests/],
    [['--folds', '5'], /--folds must be a whole number from 1 to 4/],
    [['--most-pairs', '30', '--pairs', '25,50'], /--pairs cannot be more than the 30/],
    [['--summary'], /holds no record of a finished run: start the experiment/],
  ])('refuses %j with one sentence', async (args, sentence) => {
    const { code, output } = await startExperiment(script, ['--out', join(folder, 'refused'), ...args]).ended;
    expect(code).not.toBe(0);
    expect(output).toMatch(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(runsIn('refused')).toEqual([]);
  });
});
