import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { home, root, trainerPython } from '../../server/support/places.ts';

// The tokenizer of the embedded base model, against the Python package that the base was trained with.

const baseModelDir = join(home, 'base-model', 'smollm2-135m-tests');
const script = fileURLToPath(new URL('tokenize.py', import.meta.url));

const texts: Readonly<Record<string, string>> = {
  empty: '',
  'one space': ' ',
  'many spaces': ' '.repeat(83),
  'tabs and line ends': '\tif (a) {\r\n\t\t\treturn;\r\n\t}\n\n\n',
  'spaces before a line end': 'int a;   \n    int b;  \t \n',
  identifiers: 'parseHTTPHeader2 snake_case $dollar __init__ CONSTANT_1 x1y2z3',
  numbers: '0 1 12 123 1234 12345 0x7fff_ffffL 1e-9 3.14159f 1_000_000 ٣٤',
  operators: 'a>>>=b&&c||!d?e:f->g::h@i...j<<k<=l>=m==n!=o++p--',
  quotes: `"it's" 'c' '\\'' "\\"" """\n  text "block"\n  """ don't we'll you're I'd I'm they've`,
  comments: '/** {@link Foo#bar(int)} <p>&nbsp;</p> */ // TODO: fix \u00a9 2024',
  accents: 'Straße naïve café e\u0301 Ångström ﬁ',
  scripts: '日本語 テスト 한국어 العربية עברית हिन्दी ไทย',
  emoji: '👩‍👩‍👧‍👦 🏳️‍🌈 ✂️ 🇩🇪 \u{1F9D1}\u{1F3FD}',
  'odd spaces': 'a\u00a0b\u2003c\u3000d\u200be\ufefff\u0085g\u2028h\u000bi\u000cj',
  'control characters': 'a\u0000b\u0001c\u001bd\u007fe',
  'lone surrogates are replaced before': 'x\ufffdy',
  annotations: '@ParameterizedTest(name = "{0}")\n@ValueSource(ints = {1, 2, 3})\nvoid test(int value) {}\n',
};

const check = (seen: { ids: readonly number[]; text: string }, expected: { ids: readonly number[]; text: string }) => {
  expect(seen.ids).toEqual(expected.ids);
  expect(seen.text).toBe(expected.text);
};

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(baseModelDir);
});

function byPython(all: readonly string[]): { ids: number[]; text: string }[] {
  const input = JSON.stringify({ tokenizer: join(baseModelDir, 'tokenizer.json'), texts: all });
  const { stdout, stderr, status } = spawnSync(trainerPython(), [script], {
    input,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { ids: number[]; text: string }[];
}

const expected = existsSync(baseModelDir) ? byPython(Object.values(texts)) : [];

test.each(Object.entries(texts).map(([name, text], index) => [name, text, index] as const))(
  '%s',
  (_name, text, index) => {
    const ids = tokenizer.encode(text);
    check({ ids, text: tokenizer.decode(ids) }, expected[index] ?? { ids: [], text: 'not tokenized by Python' });
  },
);

test('every source file of the sample workspace, whole and cut at every length', () => {
  const folder = join(root, 'test', 'sample');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.java'));
  const sources = files.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
  const all = [...sources, ...Array.from({ length: 400 }, (_, end) => (sources[0] ?? '').slice(0, end))];
  const wanted = byPython(all);
  expect(sources.length).toBeGreaterThan(20);
  for (const [index, text] of all.entries()) {
    const ids = tokenizer.encode(text);
    check({ ids, text: tokenizer.decode(ids) }, wanted[index] ?? { ids: [], text: 'not tokenized by Python' });
  }
});
