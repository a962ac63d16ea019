import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listJavaFiles } from '../core/mining/list-files.ts';
import { mineWorkspace } from '../core/mining/mine-workspace.ts';
import type { MiningRecord } from '../core/mining/mining-record.ts';
import { ResidentWorkspace } from '../core/mining/resident-workspace.ts';
import { SeededRandom } from '../test/seeded-random.ts';
import { root } from '../test/server/support/places.ts';
import { percentile } from './percentile.ts';

const EDITS = 100;

/** What a user does to a file and saves. */
const KINDS = {
  /** Everything behind it moves; nothing else changes. */
  body: (text: string, round: number) => text.replace(/;\n/, `; // ${round}\n`),
  /** Every test that looked at the class is paired again. */
  declaration: (text: string, round: number) => text.replace(/\}\s*$/, `  public void added${round}() {}\n}\n`),
} as const;

/**
 * Mines a copy of a workspace in this process, then again after each of many single edits, half in tests and half in main code, and compares
 * what it has in the end with a mining from nothing.
 */
export async function editMining(workspace: string, work: string, say: (line: string) => void): Promise<object> {
  const copy = join(work, 'edited');
  cpSync(workspace, copy, { recursive: true });
  const resident = new ResidentWorkspace(copy);
  const workerFile = join(root, 'dist', 'mining-worker.js');
  const all = async (more: { resident?: ResidentWorkspace }) => {
    const records: MiningRecord[] = [];
    for await (const record of mineWorkspace({ workspace: copy, mode: 'default', workerFile, ...more }))
      records.push(record);
    return records;
  };
  const startedMs = performance.now();
  await all({ resident });
  const firstSeconds = (performance.now() - startedMs) / 1000;
  const { files } = await listJavaFiles(copy, undefined);
  const isTest = (path: string) => /\/src\/test\//.test(path) || /Test[^/]*\.java$/.test(path);
  const random = new SeededRandom(1);
  const milliseconds: Record<string, number[]> = {};
  let records: readonly MiningRecord[] = [];
  for (let round = 0; round < EDITS; round++) {
    const kind = round % 2 === 0 ? 'body' : 'declaration';
    const place = round % 4 < 2 ? 'test' : 'main';
    const among = files.filter(({ path }) => isTest(path) === (place === 'test'));
    const path = among[random.integer(among.length)]?.path ?? '';
    const file = join(copy, path);
    writeFileSync(file, KINDS[kind](readFileSync(file, 'utf8'), round));
    const began = performance.now();
    if (!(await resident.update([path])))
      throw new Error(`The edit of ${path} needed a mining of the whole workspace.`);
    const updated = performance.now();
    records = [...resident.records()];
    const name = `${kind} in ${place}`;
    milliseconds[name] = [...(milliseconds[name] ?? []), updated - began];
    milliseconds.allRecords = [...(milliseconds.allRecords ?? []), performance.now() - updated];
  }
  say(`${EDITS} single edits mined`);
  const fresh = await all({});
  return {
    firstSeconds,
    records: records.length,
    sameAsFresh: isDeepStrictEqual(records.slice(0, -1), fresh.slice(0, -1)),
    milliseconds: Object.fromEntries(
      Object.entries(milliseconds).map(([name, values]) => [
        name,
        { median: percentile(values, 0.5), p95: percentile(values, 0.95), most: Math.max(...values) },
      ]),
    ),
  };
}
