import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PackDescription } from '../../../extension/packs/pack-description.ts';
import { checkPack, tensorsOf, writePack } from '../../../extension/packs/pack-file.ts';
import { fingerprintOfPrivate, newPackKey } from '../../../extension/packs/pack-key.ts';
import { temporaryFolder } from '../../server/support/server-under-test.ts';

const folder = temporaryFolder('packs');
const key = newPackKey();
const manifest = Buffer.from('{"format":1}');
/** Larger than one part of a stream, and no multiple of a tar block. */
const tensors = Buffer.alloc(300_007, 'weights');

const entryOf = (bytes: Uint8Array) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
});
const description: PackDescription = {
  format: 1,
  repository: 'shop',
  createdMs: 1_700_000_000_000,
  strategy: 'prefix',
  baseModel: { name: 'tiny', sha256: 'a'.repeat(64) },
  commit: null,
  nearestTests: 4,
  proofs: [{ split: 'by-pair', base: { loss: 2, perplexity: 7.4, targetTokens: 9 }, personalized: null }],
  files: { 'manifest.json': entryOf(manifest), 'adapter.safetensors': entryOf(tensors) },
};

async function* parts(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

async function written(name: string, more: Partial<PackDescription> = {}): Promise<string> {
  const file = join(folder, `${name}.bespoke-model`);
  await writePack(file, { ...description, ...more }, { manifest, tensors: parts(tensors) }, key);
  return file;
}

test('what is packed comes out again, with the fingerprint of who signed it', async () => {
  const file = await written('whole');
  expect(await checkPack(file)).toEqual({ description, manifest, fingerprint: fingerprintOfPrivate(key) });
  const read: Uint8Array[] = [];
  for await (const part of tensorsOf(file)) read.push(part);
  expect(Buffer.concat(read).equals(tensors)).toBe(true);
});

test('equal content gives equal bytes', async () => {
  expect(readFileSync(await written('one')).equals(readFileSync(await written('other')))).toBe(true);
});

/** Expects one sentence for a pack whose bytes were changed. */
async function check(name: string, change: (bytes: Buffer) => Buffer, sentence: RegExp): Promise<void> {
  const file = await written(name);
  writeFileSync(file, change(readFileSync(file)));
  await expect(checkPack(file)).rejects.toThrow(
    new RegExp(
      `^The model pack ${name}\\.bespoke-model was refused, ${sentence.source}: ask whoever made it for a new one\\.$`,
    ),
  );
}
const blockOf = (bytes: Buffer, name: string) => bytes.indexOf(`${name}\0`);
/** The file without the entry, from its header to the next one. */
const without = (bytes: Buffer, name: string, next: string) =>
  Buffer.concat([bytes.subarray(0, blockOf(bytes, name)), bytes.subarray(blockOf(bytes, next))]);
/** A letter of a text becomes another. */
const changed = (bytes: Buffer, text: string) => {
  const at = bytes.indexOf(text);
  expect(at).toBeGreaterThan(0);
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test('without a signature', () =>
  check('unsigned', (pack) => without(pack, 'pack.sig', 'manifest.json'), /it is not signed/));
test('with another description than was signed', () =>
  check('description', (pack) => changed(pack, 'shop'), /its pack\.json was altered after it was signed/));
test('with another manifest', () =>
  check('manifest', (pack) => changed(pack, '"format":1}'), /its manifest\.json was altered after it was signed/));
test('with other weights', () =>
  check(
    'weights',
    (pack) => changed(pack, 'weightsweights'),
    /its adapter\.safetensors was altered after it was signed/,
  ));
test('with the signature of another key over another text', async () => {
  const other = readFileSync(await written('others', { repository: 'elsewhere' }));
  const signature = (pack: Buffer) => pack.subarray(blockOf(pack, 'pack.sig'), blockOf(pack, 'manifest.json'));
  await check(
    'swapped',
    (pack) =>
      Buffer.concat([
        pack.subarray(0, blockOf(pack, 'pack.sig')),
        signature(other),
        pack.subarray(blockOf(pack, 'manifest.json')),
      ]),
    /its pack\.json was altered after it was signed/,
  );
});
test('cut off', () => check('cut', (pack) => pack.subarray(0, 100_000), /it is no model pack/));
test('a file that is something else', () => check('text', () => Buffer.from('hello'), /it is no model pack/));
test('an empty file', () => check('empty', () => Buffer.alloc(0), /it is no model pack/));
test('an entry with another name, which could lead out of a folder', () =>
  check(
    'traversal',
    (pack) => {
      const copy = Buffer.from(pack);
      copy.write('../evil.json\0\0', blockOf(pack, 'manifest.json'));
      return copy;
    },
    /it is no model pack/,
  ));
test('a file that does not exist', async () => {
  await expect(checkPack(join(folder, 'nowhere.bespoke-model'))).rejects.toThrow(/was refused, it does not exist: ask/);
});

test('weights that differ from their manifest are not packed, and leave no file', async () => {
  const file = join(folder, 'wrong.bespoke-model');
  await expect(writePack(file, description, { manifest, tensors: parts(tensors.subarray(1)) }, key)).rejects.toThrow(
    /another adapter than its manifest says: export it again/,
  );
  await expect(checkPack(file)).rejects.toThrow(/does not exist/);
});
test('a place that cannot be written is said at once, also for weights that need many parts', async () => {
  const file = join(folder, 'no-such-folder', 'x.bespoke-model');
  const large = Buffer.alloc(8 << 20, 'weights');
  const files = { ...description.files, 'adapter.safetensors': entryOf(large) };
  await expect(writePack(file, { ...description, files }, { manifest, tensors: parts(large) }, key)).rejects.toThrow(
    /^The model pack cannot be written to .*x\.bespoke-model: choose another place\.$/,
  );
});
test('a key that is none', async () => {
  const file = join(folder, 'key.bespoke-model');
  await expect(writePack(file, description, { manifest, tensors: parts(tensors) }, 'no key')).rejects.toThrow(
    /is no Ed25519 private key in PEM: name another file/,
  );
});
