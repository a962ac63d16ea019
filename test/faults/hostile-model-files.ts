import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../seeded-random.ts';

/** Something that is wrong with a copy of a folder of weights. */
export interface HostileFolder {
  readonly name: string;
  /** Changes the copy. */
  readonly spoil: (folder: string) => void;
  /** Odd, and not wrong: whether it is read is the reader's matter. */
  readonly mayBeRead?: boolean;
}

const notWrong =
  /: a hundred thousand tensors|: a shape that multiplies to zero|(vocabulary|maxInputTokens) that is 7|memorization that is missing/;

type Header = Record<string, { dtype?: unknown; shape?: unknown; data_offsets?: unknown }>;
type Manifest = Record<string, unknown> & { files: Record<string, unknown>; tensors: Record<string, unknown> };

/**
 * Folders that somebody made to break their reader. Where the tensors' file is spoiled its hash in the manifest is right, because whoever made
 * the one made the other: the reader of the tensors themselves has to notice. `fields` are those of the manifest that its reader looks at.
 */
export function hostileFolders(
  tensorFile: string,
  fields: readonly string[],
  count: number,
  random: SeededRandom,
): HostileFolder[] {
  const makers = [
    ...headerFaults(tensorFile, random),
    ...manifestFaults(tensorFile, fields, random),
    ...folderFaults(tensorFile),
  ];
  return Array.from({ length: count }, (_, at) => {
    const { name, spoil } = makers[at % makers.length] ?? random.pick(makers);
    return { name: `${name} (${at})`, spoil, mayBeRead: notWrong.test(name) };
  });
}

/** Numbers that no length, shape or offset should be. */
const numbers: readonly unknown[] = [
  ...[-1, 0, 1, 0.5, 2 ** 31, 2 ** 53, 2 ** 63, 1e308, '1e999', '4', null, [], {}, true],
  ...['NaN', 'Infinity', '-0', '9'.repeat(400)],
];
const names: readonly string[] = [
  '../escape',
  '/etc/passwd',
  'a/../../b',
  '__proto__',
  'constructor',
  '',
  'x'.repeat(5000),
  '\u0000',
  '..\\b',
];

function headerFaults(tensorFile: string, random: SeededRandom): HostileFolder[] {
  const header = (name: string, change: (header: Header) => unknown): HostileFolder => ({
    name: `header: ${name}`,
    spoil: (folder) =>
      writeTensors(folder, tensorFile, (bytes) => {
        const { header, data } = partsOf(bytes);
        const text = change(header) ?? header;
        return withHeader(Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)), data);
      }),
  });
  const first = (header: Header) => Object.values(header)[0] ?? {};
  const bytes = (name: string, change: (bytes: Buffer) => Buffer): HostileFolder => ({
    name: `tensors: ${name}`,
    spoil: (folder) => writeTensors(folder, tensorFile, change),
  });
  const length = (value: bigint) => (file: Buffer) => {
    file.writeBigUInt64LE(value);
    return file;
  };
  return [
    ...[0n, 1n, 7n, 100_000_000n, 100_000_001n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(
      (value) => bytes(`a header of ${value} bytes`, length(value)),
    ),
    ...[0, 1, 7, 8, 9, 100].map((kept) => bytes(`cut after ${kept} bytes`, (file) => file.subarray(0, kept))),
    bytes('cut in the middle', (file) => file.subarray(0, Math.floor(file.length / 2))),
    bytes('one byte too few', (file) => file.subarray(0, -1)),
    bytes('one byte too many', (file) => Buffer.concat([file, Buffer.alloc(1)])),
    bytes('nothing but zeros', () => Buffer.alloc(4096)),
    bytes('noise', () => random.bytes(4096)),
    ...numbers.map((number) =>
      header(`a shape with ${JSON.stringify(number)}`.slice(0, 80), (said) => {
        first(said).shape = [number, 2];
      }),
    ),
    ...numbers.map((number) =>
      header(`offsets with ${JSON.stringify(number)}`.slice(0, 80), (said) => {
        first(said).data_offsets = [number, number];
      }),
    ),
    ...numbers.slice(9).map((number) =>
      header(`offsets that are ${JSON.stringify(number)}`.slice(0, 80), (said) => {
        Object.assign(first(said), { shape: number, data_offsets: number });
      }),
    ),
    header('overlapping tensors', (said) => {
      for (const entry of Object.values(said)) entry.data_offsets = first(said).data_offsets;
    }),
    header('offsets that go backwards', (said) => {
      first(said).data_offsets = [(first(said).data_offsets as number[])[1], 0];
    }),
    header('negative offsets of the right length', (said) => {
      const [from = 0, to = 0] = first(said).data_offsets as number[];
      first(said).data_offsets = [from - 16, to - 16];
    }),
    header('a shape of very many ones', (said) => {
      first(said).shape = [...(first(said).shape as number[]), ...Array.from({ length: 200_000 }, () => 1)];
    }),
    header('a shape that multiplies to zero', (said) => {
      Object.assign(first(said), { shape: [0, 2 ** 52], data_offsets: [0, 0] });
    }),
    header('negative sizes whose product fits', (said) => {
      const [a = 1, b = 1, ...rest] = first(said).shape as number[];
      first(said).shape = [-a, -b, ...rest];
    }),
    ...['F64', 'Q4', '', 'f32', '__proto__', 'toString'].map((dtype) =>
      header(`the type ${JSON.stringify(dtype)}`, (said) => {
        first(said).dtype = dtype;
      }),
    ),
    ...names.map((name) =>
      header(
        `a tensor named ${JSON.stringify(name)}`.slice(0, 60),
        (said) => `{${JSON.stringify(name)}:${JSON.stringify(first(said))},${JSON.stringify(said).slice(1)}`,
      ),
    ),
    header('a tensor twice', (said) => {
      const [name, entry] = Object.entries(said)[0] ?? [];
      return `{${JSON.stringify(name)}:{"dtype":"F32","shape":[1],"data_offsets":[0,4]},${JSON.stringify(said).slice(1)}`.replace(
        'undefined',
        JSON.stringify(entry),
      );
    }),
    ...[
      '[]',
      'null',
      '1',
      '"x"',
      '{',
      '{}',
      '{"a":1}',
      '{"a":null}',
      '{"a":[]}',
      `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
      '['.repeat(100_000),
    ].map((text) => header(`the text ${text.slice(0, 12)}`, () => text)),
    header('a metadata entry that is a tensor', (said) => ({ ...said, __metadata__: first(said) })),
    header('a hundred thousand tensors', (said) => ({
      ...Object.fromEntries(
        Array.from({ length: 100_000 }, (_, at) => [`t${at}`, { dtype: 'U8', shape: [0], data_offsets: [0, 0] }]),
      ),
      ...said,
    })),
  ];
}

function manifestFaults(tensorFile: string, fields: readonly string[], random: SeededRandom): HostileFolder[] {
  const manifest = (name: string, change: (manifest: Manifest) => unknown): HostileFolder => ({
    name: `manifest: ${name}`,
    spoil: (folder) => {
      const said = readManifest(folder);
      const text = change(said) ?? said;
      writeFileSync(join(folder, 'manifest.json'), typeof text === 'string' ? text : JSON.stringify(text));
    },
  });
  return [
    ...[
      '',
      '[]',
      'null',
      '1',
      '{',
      '{}',
      '\uFEFF{}',
      `${'['.repeat(100_000)}`,
      `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ].map((text) => manifest(`the text ${JSON.stringify(text.slice(0, 8))}`, () => text || ' ')),
    manifest('noise', () => random.bytes(2000).toString('latin1')),
    ...numbers.slice(5).map((number) =>
      manifest(`the format ${JSON.stringify(number)}`.slice(0, 60), (said) => {
        said.format = number;
      }),
    ),
    ...fields.flatMap((field) =>
      ([undefined, null, 7, [], {}, 'x', '__proto__'] as const).map((value) =>
        manifest(`${field} that is ${JSON.stringify(value) ?? 'missing'}`, (said) => {
          if (field === 'prefixLength' && said.strategy !== 'prefix') said.strategy = 'prefix';
          said[field] = value;
        }),
      ),
    ),
    ...names.map((name) =>
      manifest(`a file named ${JSON.stringify(name)}`.slice(0, 60), (said) => {
        said.files = { ...said.files, [name]: { sha256: 'a'.repeat(64), bytes: 1 } };
      }),
    ),
    ...numbers.map((number) =>
      manifest(`a file of ${JSON.stringify(number)} bytes`.slice(0, 60), (said) => {
        said.files[tensorFile] = { sha256: 'a'.repeat(64), bytes: number };
      }),
    ),
    manifest('another hash', (said) => {
      Object.assign(said.files[tensorFile] as object, { sha256: 'b'.repeat(64) });
    }),
    manifest('a file that is null', (said) => {
      said.files[tensorFile] = null;
    }),
    ...(fields.includes('tensors') ? [nullTensors] : []).map((change) => manifest('tensors that are null', change)),
  ];
}

function nullTensors(said: Manifest): void {
  said.tensors = Object.fromEntries(Object.keys(said.tensors).map((name) => [name, null]));
}

function folderFaults(tensorFile: string): HostileFolder[] {
  return [
    { name: 'folder: a pickle', spoil: (folder) => writeFileSync(join(folder, 'pytorch_model.bin'), '\u0080\u0004.') },
    {
      name: 'folder: the tensors are a link to elsewhere',
      spoil: (folder) => {
        writeTensors(folder, tensorFile, (bytes) => bytes);
        truncateSync(join(folder, tensorFile));
        symlinkSync('/etc/passwd', join(folder, 'link'));
      },
    },
    {
      name: 'folder: a folder in place of a file',
      spoil: (folder) => {
        const said = readManifest(folder);
        said.files.inner = { sha256: 'a'.repeat(64), bytes: 4096 };
        writeFileSync(join(folder, 'manifest.json'), JSON.stringify(said));
        mkdirSync(join(folder, 'inner'));
      },
    },
    {
      name: 'folder: a hole of a terabyte',
      spoil: (folder) => truncateSync(join(folder, tensorFile), 2 ** 40),
    },
  ];
}

function writeTensors(folder: string, tensorFile: string, change: (bytes: Buffer) => Buffer): void {
  const path = join(folder, tensorFile);
  const bytes = change(readFileSync(path));
  writeFileSync(path, bytes);
  const manifest = readManifest(folder);
  manifest.files[tensorFile] = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

function partsOf(bytes: Buffer): { header: Header; data: Buffer } {
  const end = 8 + Number(bytes.readBigUInt64LE());
  return { header: JSON.parse(bytes.subarray(8, end).toString('utf8')) as Header, data: bytes.subarray(end) };
}

function withHeader(header: Buffer, data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}
