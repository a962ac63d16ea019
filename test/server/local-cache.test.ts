import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { LocalCache } from '../../server/storage/local-cache.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A cache of 100 bytes for files in a folder; `names` are those on the disk. */
function emptyCache() {
  const root = mkdtempSync(join(tmpdir(), 'bespoke-cache-'));
  folders.push(root);
  const kept = join(root, 'kept');
  mkdirSync(kept);
  const cache = new LocalCache(100, () => join(root, 'leaving'));
  const path = (name: string) => join(kept, name);
  const add = async (name: string, bytes: number) => {
    writeFileSync(path(name), Buffer.alloc(bytes));
    await cache.add(path(name), bytes);
  };
  return { root, cache, path, add, names: () => readdirSync(kept).sort().join('') };
}

describe('a cache on the disk', () => {
  test('holds what was used last, up to its bytes', async () => {
    const { cache, path, add, names } = emptyCache();
    for (const name of ['a', 'b', 'c']) await add(name, 30);
    cache.use(path('a'))();
    await add('d', 30);
    expect(names()).toBe('acd');
    await add('e', 60);
    expect(names()).toBe('de');
    await add('e', 10);
    await add('f', 60);
    expect(names()).toBe('def');
    expect(cache.has(path('d'))).toBe(true);
    expect(cache.has(path('a'))).toBe(false);
  });

  test('keeps what is in use whatever it takes, and lets it go afterwards', async () => {
    const { root, cache, path, add, names } = emptyCache();
    const [endOne, endOther] = [cache.use(path('a')), cache.use(path('a'))];
    await add('a', 90);
    await add('b', 90);
    expect(names()).toBe('a');
    endOne();
    endOne();
    await add('c', 90);
    expect(names()).toBe('a');
    endOther();
    await add('d', 90);
    expect(names()).toBe('d');
    expect(readdirSync(join(root, 'leaving'))).toEqual([]);
  });

  test('forgets a folder without touching it', async () => {
    const { root, cache, path, add, names } = emptyCache();
    await add('a', 90);
    cache.forget(join(root, 'kept'));
    await add('b', 90);
    expect(names()).toBe('ab');
    expect(cache.has(path('a'))).toBe(false);
  });

  test('does not bring back the folder of what somebody else removed', async () => {
    const { root, cache, add } = emptyCache();
    await add('a', 90);
    rmSync(root, { recursive: true });
    await cache.remove(join(root, 'kept', 'a'));
    expect(() => readdirSync(root)).toThrow(/ENOENT/);
  });
});
