import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack as startTar } from 'tar-stream';
import type { PackDescription } from '../../extension/packs/pack-description.ts';
import { writePack } from '../../extension/packs/pack-file.ts';
import { newPackKey, signWith } from '../../extension/packs/pack-key.ts';
import type { SeededRandom } from '../seeded-random.ts';

export interface HostilePack {
  readonly name: string;
  readonly bytes: Buffer;
  /** Noise may fall between two entries, where nothing is: then it may be read, and only as this. Else `null`. */
  readonly readsAs: PackDescription | null;
}

/** Packs that somebody made to break their reader; those of whom a description is altered are signed with a key all the same. */
export async function* hostilePacks(tensors: Buffer, count: number, random: SeededRandom): AsyncGenerator<HostilePack> {
  const key = newPackKey();
  const manifest = Buffer.from('{"format":1}');
  const entryOf = (bytes: Uint8Array) => ({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  });
  const description: PackDescription = {
    ...{ format: 1, repository: 'shop', createdMs: 1_700_000_000_000, strategy: 'prefix' as const },
    ...{ baseModel: { name: 'tiny', sha256: 'a'.repeat(64) }, commit: null, nearestTests: 4, proofs: [] },
    files: { 'manifest.json': entryOf(manifest), 'adapter.safetensors': entryOf(tensors) },
  };
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-packs-'));
  const file = join(folder, 'good');
  await writePack(
    file,
    description,
    {
      manifest,
      tensors: (async function* () {
        yield tensors;
      })(),
    },
    key,
  );
  const good = readFileSync(file);
  rmSync(folder, { recursive: true });

  const packed = (entries: readonly { name: string; bytes: Buffer; type?: 'symlink' | 'link' | 'directory' }[]) =>
    new Promise<Buffer>((done) => {
      const tar = startTar();
      const parts: Buffer[] = [];
      tar.on('data', (part) => parts.push(part as Buffer));
      tar.on('end', () => done(Buffer.concat(parts)));
      for (const { name, bytes, type } of entries)
        if (type === undefined) tar.entry({ name }, bytes);
        else tar.entry({ name, type, linkname: '/etc/passwd' });
      tar.finalize();
    });
  /** The four entries with a description of one's own, rightly signed. */
  const saying = (text: string) => {
    const bytes = Buffer.from(text);
    return packed([
      { name: 'pack.json', bytes },
      { name: 'pack.sig', bytes: Buffer.from(JSON.stringify(signWith(key, bytes))) },
      { name: 'manifest.json', bytes: manifest },
      { name: 'adapter.safetensors', bytes: tensors },
    ]);
  };
  const sayingWith = (change: object) => saying(JSON.stringify({ ...description, ...change }));
  const one = Buffer.from('x');
  const made: [string, Buffer | Promise<Buffer>][] = [
    ...(['../pack.json', '/etc/cron.d/x', 'pack.json/../../x', '', 'x'.repeat(5000)] as const).map(
      (name): [string, Promise<Buffer>] => [`an entry named ${name.slice(0, 20)}`, packed([{ name, bytes: one }])],
    ),
    ...(['symlink', 'link', 'directory'] as const).map((type): [string, Promise<Buffer>] => [
      `a ${type}`,
      packed([{ name: 'pack.json', bytes: one, type }]),
    ]),
    ['a description of 2 MiB', saying(`"${'x'.repeat(2 ** 21)}"`)],
    ['the same entry for ever', packed(Array.from({ length: 2000 }, () => ({ name: 'pack.json', bytes: one })))],
    ...['', '[]', 'null', '{}', '{', '1', `${'['.repeat(100_000)}`].map((text): [string, Promise<Buffer>] => [
      `a description ${text.slice(0, 8)}`,
      saying(text),
    ]),
    ...[-1, 1e308, 0.5, '9', null, [], 2 ** 53].map((bytes): [string, Promise<Buffer>] => [
      `tensors of ${JSON.stringify(bytes)} bytes`,
      sayingWith({ files: { ...description.files, 'adapter.safetensors': { sha256: 'a'.repeat(64), bytes } } }),
    ]),
    ...(
      [
        { files: null },
        { files: { '../x': entryOf(one) } },
        { files: [] },
        { proofs: null },
        { format: 2 },
        { baseModel: null },
        { files: { 'manifest.json': null } },
      ] as const
    ).map((change): [string, Promise<Buffer>] => [`a description with ${JSON.stringify(change)}`, sayingWith(change)]),
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_240)],
    ['noise', random.bytes(20_000)],
  ];
  for (const [name, bytes] of made) yield { name, bytes: await bytes, readsAs: null };
  // The rest: the good one with bits flipped, cut, or sizes in tar's headers changed.
  for (let left = count - made.length; left > 0; left--) yield spoiled(good, description, random);
}

function spoiled(good: Buffer, description: PackDescription, random: SeededRandom): HostilePack {
  const bytes = Buffer.from(good);
  // What follows the last byte of the last entry is padding, which no one reads.
  const read = bytes.length - 2048;
  switch (random.integer(3)) {
    case 0: {
      const kept = random.integer(read);
      return { name: `cut after ${kept} bytes`, bytes: bytes.subarray(0, kept), readsAs: null };
    }
    case 1: {
      const header = bytes.indexOf('ustar') - 257;
      bytes.write(
        random.pick([
          '77777777777',
          '-0000000001',
          '00000000000',
          'zzzzzzzzzzz',
          '\u0080\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff',
        ]),
        header + 124,
        'latin1',
      );
      return { name: 'a size in a tar header', bytes, readsAs: null };
    }
    default: {
      const [from, length] = [bytes.indexOf('ustar') + 300, 1 + random.integer(200)];
      random.bytes(length).copy(bytes, from + random.integer(Math.max(1, read - from - length)));
      return { name: `${length} bytes of noise`, bytes, readsAs: description };
    }
  }
}
