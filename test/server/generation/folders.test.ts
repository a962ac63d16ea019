import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAdapterFolder } from '../../../server/adapters/adapter-folder.ts';
import { type BaseModelFolder, readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import { type Reference, reference } from './reference.ts';

// Damaged and foreign folders: each refused with one sentence that names the cause.

let ref: Reference;
let other: Reference;
let base: BaseModelFolder;
let scratch: string;

beforeAll(async () => {
  ref = await reference('llama');
  other = await reference('bart');
  base = await readBaseModelFolder(ref.baseModelDir);
  scratch = mkdtempSync(join(tmpdir(), 'bespoke-folders-'));
}, 300_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Manifest {
  [key: string]: unknown;
  tensors: Record<string, { shape: number[]; dtype: string }>;
  files: Record<string, { sha256: string; bytes: number }>;
}

let copies = 0;

function copyOf(folder: string, change: (copy: string) => void): string {
  const copy = join(scratch, String(copies++));
  cpSync(folder, copy, { recursive: true });
  change(copy);
  return copy;
}

const editManifest = (edit: (manifest: Manifest) => void) => (copy: string) => {
  const file = join(copy, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  edit(manifest);
  writeFileSync(file, JSON.stringify(manifest));
};

/** Writes other bytes and makes the manifest agree, so that the next check has to notice. */
const replaceTensors = (edit: (bytes: Buffer) => Buffer) => (copy: string) => {
  const file = join(copy, 'adapter.safetensors');
  const bytes = edit(readFileSync(file));
  writeFileSync(file, bytes);
  editManifest((manifest) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    manifest.files['adapter.safetensors'] = { sha256, bytes: bytes.length };
  })(copy);
};

const renameTensor = (from: string, to: string) => (copy: string) => {
  replaceTensors((bytes) => {
    const length = Number(bytes.readBigUInt64LE(0));
    const header = bytes
      .subarray(8, 8 + length)
      .toString('utf8')
      .replace(from, to);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
    return Buffer.concat([size, Buffer.from(header), bytes.subarray(8 + length)]);
  })(copy);
  editManifest(({ tensors }) => {
    tensors[to] = tensors[from] as { shape: number[]; dtype: string };
    delete tensors[from];
  })(copy);
};

const givenBack = { verbatim: 2, longestRun: 61, tokensRight: 900 };
const memorization = { pairs: 16, tokens: 1500, personalized: givenBack, base: { ...givenBack, verbatim: 0 } };
const wrongMemorization: readonly unknown[] = [
  ...[null, 16, [], {}, { ...memorization, base: undefined }, { ...memorization, personalized: [] }],
  ...[
    { ...memorization, pairs: 0 },
    { ...memorization, pairs: 1501 },
    { ...memorization, tokens: '1500' },
  ],
  ...[{ verbatim: 17 }, { verbatim: -1 }, { verbatim: 0.5 }, { longestRun: 901 }, { tokensRight: 1501 }].map(
    (wrong) => ({
      ...memorization,
      personalized: { ...givenBack, ...wrong },
    }),
  ),
];

const adapterCases: [string, string, (copy: string) => void, RegExp][] = [
  [
    'another format',
    'custom',
    editManifest((m) => {
      m.format = 2;
    }),
    /its format is 2 and this version reads format 1/,
  ],
  [
    'an unknown strategy',
    'custom',
    editManifest((m) => {
      m.strategy = 'lora';
    }),
    /its strategy lora is unknown/,
  ],
  [
    'another base',
    'custom',
    editManifest((m) => {
      m.baseModelSha256 = '0'.repeat(64);
    }),
    /trained on another base model than llama/,
  ],
  ['no manifest', 'custom', (copy) => rmSync(join(copy, 'manifest.json')), /it has no manifest.json/],
  [
    'a manifest that is no JSON',
    'custom',
    (copy) => writeFileSync(join(copy, 'manifest.json'), '{'),
    /its manifest.json is no JSON/,
  ],
  [
    'a manifest that is a list',
    'custom',
    (copy) => writeFileSync(join(copy, 'manifest.json'), '[]'),
    /is no JSON object/,
  ],
  [
    'a missing tensor file',
    'custom',
    (copy) => rmSync(join(copy, 'adapter.safetensors')),
    /adapter.safetensors is missing/,
  ],
  [
    'a cut tensor file',
    'custom',
    (copy) => writeFileSync(join(copy, 'adapter.safetensors'), 'short'),
    /has 5 bytes in place of \d+/,
  ],
  [
    'a flipped bit',
    'custom',
    (copy) => {
      const bytes = readFileSync(join(copy, 'adapter.safetensors'));
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      writeFileSync(join(copy, 'adapter.safetensors'), bytes);
    },
    /does not match its hash/,
  ],
  [
    'a pickle beside',
    'custom',
    (copy) => writeFileSync(join(copy, 'pytorch_model.bin'), 'x'),
    /it holds the pickle pytorch_model.bin/,
  ],
  [
    'a pickle in place',
    'custom',
    (copy) => renameSync(join(copy, 'adapter.safetensors'), join(copy, 'adapter.pkl')),
    /it holds the pickle adapter.pkl/,
  ],
  [
    'a pickle under the right name',
    'custom',
    replaceTensors(() => Buffer.from('\x80\x04\x95rubbish that pickle would run')),
    /it is not a safetensors file/,
  ],
  [
    'a broken header',
    'custom',
    replaceTensors((bytes) => Buffer.concat([bytes.subarray(0, 8), Buffer.from('!'), bytes.subarray(9)])),
    /its header is no JSON/,
  ],
  [
    'bytes too many',
    'custom',
    replaceTensors((bytes) => Buffer.concat([bytes, Buffer.alloc(8)])),
    /its length does not match its header/,
  ],
  ['bytes too few', 'custom', replaceTensors((bytes) => bytes.subarray(0, bytes.length - 8)), /has a wrong length/],
  [
    'an unknown tensor',
    'last-decoder-block',
    renameTensor('model.layers.2.mlp.up_proj.weight', 'model.layers.9.mlp.up_proj.weight'),
    /the base model has no tensor model.layers.9/,
  ],
  [
    'a wrong shape',
    'last-decoder-block',
    renameTensor('model.layers.2.mlp.up_proj.weight', 'model.layers.1.mlp.down_proj.weight'),
    /has the shape \[48,32\] in place of \[32,48\]/,
  ],
  [
    'a manifest of other tensors',
    'custom',
    editManifest((m) => {
      m.tensors = {};
    }),
    /its manifest lists other tensors/,
  ],
  [
    'a manifest of another type',
    'custom',
    editManifest((m) => {
      for (const tensor of Object.values(m.tensors)) tensor.dtype = 'F16';
    }),
    /its manifest and its file differ/,
  ],
  ...wrongMemorization.map((wrong): (typeof adapterCases)[number] => [
    `the memorization ${JSON.stringify(wrong)}`,
    'custom',
    editManifest((m) => {
      m.memorization = wrong;
    }),
    /its memorization is no measurement/,
  ]),
  [
    'a prefix of another length',
    'prefix',
    editManifest((m) => {
      m.prefixLength = 9;
    }),
    /has the shape \[3,5,2,8\] in place of \[3,9,2,8\]/,
  ],
  [
    'a prefix without length',
    'prefix',
    editManifest((m) => {
      m.prefixLength = null;
    }),
    /its prefix has no length/,
  ],
  [
    'half a prefix',
    'prefix',
    renameTensor('prefix.decoder.keys', 'prefix.encoder.keys'),
    /a prefix has no tensor prefix.encoder.keys/,
  ],
  [
    'a file outside',
    'custom',
    editManifest((m) => {
      m.files['../x'] = { sha256: '', bytes: 0 };
    }),
    /leads out of it/,
  ],
];

test.each(adapterCases)('an adapter folder with %s', async (_name, strategy, change, cause) => {
  const folder = copyOf(ref.adapterDir(strategy), change);
  await expect(readAdapterFolder(folder, base)).rejects.toMatchObject({
    situation: 'adapter-refused',
    message: expect.stringMatching(
      new RegExp(`^The adapter folder was refused, .*${cause.source}.*: personalize again\\.$`),
    ),
  });
});

test('an adapter of another family', async () => {
  await expect(readAdapterFolder(other.adapterDir('custom'), base)).rejects.toThrow(/trained on another base model/);
});

test('whole folders are read', async () => {
  for (const strategy of ['custom', 'embeddings-output', 'last-decoder-block', 'telly', 'prefix'])
    expect(await readAdapterFolder(ref.adapterDir(strategy), base)).toMatchObject({ strategy });
});

test('one is read with what was measured of its memorization', async () => {
  const folder = copyOf(
    ref.adapterDir('custom'),
    editManifest((m) => {
      m.memorization = memorization;
    }),
  );
  expect(await readAdapterFolder(folder, base)).toMatchObject({ strategy: 'custom' });
});

const baseCases: [string, (copy: string) => void, RegExp][] = [
  [
    'another format',
    editManifest((m) => {
      m.format = 7;
    }),
    /its format is 7/,
  ],
  [
    'an unknown family',
    editManifest((m) => {
      m.family = 'diffusion';
    }),
    /its family diffusion is unknown/,
  ],
  [
    'no sizes',
    editManifest((m) => {
      delete m.vocabulary;
    }),
    /its manifest lacks a size/,
  ],
  [
    'a changed tokenizer',
    (copy) => writeFileSync(join(copy, 'tokenizer.json'), '{}'),
    /tokenizer.json has 2 bytes in place of/,
  ],
  ['no weights', (copy) => rmSync(join(copy, 'model.safetensors')), /model.safetensors is missing/],
  ['a pickle', (copy) => writeFileSync(join(copy, 'model.pt'), ''), /it holds the pickle model.pt/],
];

test.each(baseCases)('a base-model folder with %s', async (_name, change, cause) => {
  await expect(readBaseModelFolder(copyOf(ref.baseModelDir, change))).rejects.toMatchObject({
    situation: 'base-model-refused',
    message: expect.stringMatching(cause),
  });
});
