import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../core/java/read-compilation-unit.ts';
import { decodeSource } from '../../core/java/source-text.ts';
import { javaLexemes } from '../../core/metrics/java-tokens.ts';
import { extractFacts } from '../../core/mining/extract-facts.ts';
import { mineWorkspace } from '../../core/mining/mine-workspace.ts';
import { MiningError, type MiningMode } from '../../core/mining/mining-record.ts';
import type { TestPair } from '../../core/mining/test-pair.ts';
import { maskSecrets } from '../../core/secrets/find-secrets.ts';
import { readHouseStyle } from '../../core/style/read-house-style.ts';
import { SeededRandom } from '../seeded-random.ts';
import { faultRun } from './fault-run.ts';
import { malformedJava } from './malformed-java.ts';
import { MemoryGrowth } from './memory-growth.ts';

const run = faultRun('java');
/** Of processor time: a busy machine makes nothing hang. */
const longestMs = 1_000;
const filesPerWorkspace = 50;
const seed = 20_251;

test(
  'malformed Java neither breaks nor holds up reading and mining',
  async () => {
    const sample = join(import.meta.dirname, '../sample');
    const paths = readdirSync(sample, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.java'));
    const sources = paths.map((path) => readFileSync(join(sample, path), 'utf8'));
    let random = new SeededRandom(seed);
    const parser = await JavaParser.create();
    const [crashes, hangs]: [string[], string[]] = [[], []];
    const memory = new MemoryGrowth();
    let slowestMs = 0;
    const attempt = async (what: string, work: () => unknown) => {
      const started = process.cpuUsage();
      try {
        await work();
      } catch (error) {
        if (!(error instanceof MiningError)) crashes.push(`${what}: ${error instanceof Error ? error.stack : error}`);
      }
      const { user, system } = process.cpuUsage(started);
      const tookMs = (user + system) / 1000;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > longestMs) hangs.push(`${what}: ${tookMs.toFixed(0)} ms`);
    };

    const files = run.amount(200, 10_000);
    let records = 0;
    const mineMalformed = async (done: number) => {
      const workspace = mkdtempSync(join(tmpdir(), 'bespoke-malformed-'));
      for (let at = 0; at < filesPerWorkspace; at++) {
        const bytes = malformedJava(sources, random);
        const path = join(workspace, random.pick(paths));
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, bytes);
        const { text } = decodeSource(bytes);
        const name = `file ${done + at} (${bytes.length} bytes)`;
        await attempt(`${name}, declarations`, () => withJavaTree(parser, text, readCompilationUnit));
        for (const mode of ['default', 'methods2test'] as const)
          await attempt(`${name}, facts of ${mode}`, () => extractFacts(parser, path, text, mode));
        await attempt(`${name}, tokens`, () => javaLexemes(text));
        await attempt(`${name}, secrets`, () => maskSecrets(text));
      }
      const mode: MiningMode = (done / filesPerWorkspace) % 4 === 3 ? 'methods2test' : 'default';
      const pairs: TestPair[] = [];
      await attempt(`workspace ${done}`, async () => {
        for await (const record of mineWorkspace({ workspace, mode, threads: 0 })) {
          records += 1;
          if (record.kind === 'pair') pairs.push(record.pair);
        }
      });
      await attempt(`style of workspace ${done}`, () =>
        readHouseStyle(pairs, (file) => readFileSync(join(workspace, file), 'utf8')),
      );
      rmSync(workspace, { recursive: true });
    };
    for (let done = 0; done < files; done += filesPerWorkspace) await mineMalformed(done);
    // WebAssembly's memory never shrinks, so the largest file decides its size: only what grows with the same files again is a leak.
    random = new SeededRandom(seed);
    for (let done = 0; done < 0.3 * files; done += filesPerWorkspace) {
      await mineMalformed(done);
      memory.sample();
    }
    parser.delete();
    if (crashes.length + hangs.length > 0) console.log([...crashes.slice(0, 5), ...hangs.slice(0, 10)].join('\n'));
    run.report({
      ...{ files, records, crashes: crashes.length, hangs: hangs.length },
      ...{ slowestMs: Math.round(slowestMs), memoryGrowthPercent: memory.percent },
    });
    expect([crashes.length, hangs.length]).toEqual([0, 0]);
    expect(records).toBeGreaterThan(files / 10);
    if (run.isLong) expect(memory.percent).toBeLessThan(5);
  },
  run.timeoutMs,
);
