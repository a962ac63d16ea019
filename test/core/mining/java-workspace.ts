import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type MiningOptions, mineWorkspace } from '../../../core/mining/mine-workspace.ts';
import type { MiningRecord, MiningSummary, PairRecord } from '../../../core/mining/mining-record.ts';

/** Java sources by path. */
export type Sources = Readonly<Record<string, string | Uint8Array>>;

/** Writes sources into a new folder, hands it to `use` and removes it. */
export async function withWorkspace<T>(sources: Sources, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bespoke-mining-'));
  try {
    for (const [path, content] of Object.entries(sources)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function recordsOf(options: MiningOptions): Promise<MiningRecord[]> {
  const records: MiningRecord[] = [];
  for await (const record of mineWorkspace(options)) {
    records.push(record);
  }
  return records;
}

export function summaryOf(records: readonly MiningRecord[]): MiningSummary {
  const last = records.at(-1);
  if (last?.kind !== 'summary') {
    throw new Error('The last record is not the summary.');
  }
  return last.summary;
}

export function pairsOf(records: readonly MiningRecord[]): PairRecord[] {
  return records.filter((record) => record.kind === 'pair');
}

/** Records in short: `FooTest.testBar -> Foo.bar(int) by method-name, package-and-name` or `FooTest.testBar: no-focal-method`. */
export function inShort(records: readonly MiningRecord[]): string[] {
  return records.flatMap((record) => {
    if (record.kind === 'pair') {
      const { testClass, testMethod, focalClass, focalContext, evidence } = record.pair;
      return `${testClass}.${testMethod} -> ${focalClass}.${signatureIn(focalContext.method)} by ${evidence.join(', ')}`;
    }
    if (record.kind === 'unpaired') {
      return `${record.testClass}.${record.testMethod}: ${record.reason}`;
    }
    return record.kind === 'problem' ? `${record.file}: ${record.problem}` : [];
  });
}

/** `bar(int, String)` of a method's source. */
function signatureIn(method: string): string {
  const match = /([\w$]+)\s*\(([^()]*)\)/.exec(method.replaceAll(/@\w+(?:\([^)]*\))?\s*/g, ''));
  const types = (match?.[2] ?? '').split(',').map((parameter) => parameter.trim().split(/\s+/).slice(0, -1).join(' '));
  return `${match?.[1]}(${types.filter((type) => type !== '').join(', ')})`;
}

/** A test file of package `a` with JUnit 5's `@Test` imported. */
export function junit5(className: string, body: string, imports = ''): Sources {
  return {
    [`src/test/java/a/${className}.java`]: `package a;\nimport org.junit.jupiter.api.*;\n${imports}\nclass ${className} {\n${body}\n}\n`,
  };
}

/** A main file of package `a`. */
export function main(className: string, declaration: string): Sources {
  return { [`src/main/java/a/${className}.java`]: `package a;\n${declaration}\n` };
}
