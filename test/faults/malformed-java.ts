import type { SeededRandom } from '../seeded-random.ts';

/** What breaks readers: unfinished, deep, long, not text. */
const nasty: readonly ((random: SeededRandom) => string)[] = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '<',
    '>',
    '"',
    "'",
    '"""',
    '/*',
    '*/',
    '//',
    ';',
    '@',
    '@Test',
    '->',
    '::',
    '\\',
    '\\u0022',
    '\\uD800',
    '\u0000',
    '\uFEFF',
    '\uD83D',
  ].map((text) => () => text),
  ...[
    'class',
    'record R(',
    'enum E {',
    'interface',
    'switch (x) { case',
    'default ->',
    'non-sealed',
    'void',
    'var',
    'import static',
    'package',
    'new int[',
    'try (',
    '@interface',
  ].map((text) => () => ` ${text} `),
  (random) => '('.repeat(1 + random.integer(3000)),
  (random) => '{'.repeat(1 + random.integer(3000)),
  (random) => 'List<'.repeat(1 + random.integer(1500)),
  (random) => '!'.repeat(1 + random.integer(5000)),
  (random) => 'a + '.repeat(1 + random.integer(5000)),
  (random) => 'a.b('.repeat(1 + random.integer(1500)),
  (random) => 'class A { '.repeat(1 + random.integer(800)),
  (random) => 'void m() { new Object() { '.repeat(1 + random.integer(400)),
  (random) => '@A('.repeat(1 + random.integer(1500)),
  (random) => 'if (x) '.repeat(1 + random.integer(2000)),
  (random) => 'x -> '.repeat(1 + random.integer(1500)),
  (random) => '[]'.repeat(1 + random.integer(5000)),
  (random) => 'a ? b : '.repeat(1 + random.integer(1500)),
  (random) => `"${'x'.repeat(1 + random.integer(100_000))}`,
  (random) => `/*${'*'.repeat(1 + random.integer(50_000))}`,
  (random) => '\r'.repeat(1 + random.integer(100)),
  (random) => '\\u'.repeat(1 + random.integer(500)),
  (random) => String.fromCodePoint(...Array.from({ length: 20 }, () => random.integer(0xd800))),
];

/** A Java file with one to six things wrong with it; `sources` are well-formed files. Bytes, because a file need not be text. */
export function malformedJava(sources: readonly string[], random: SeededRandom): Buffer {
  let text = random.pick(sources);
  const place = () => random.integer(text.length + 1);
  const faults: readonly (() => string)[] = [
    () => text.slice(0, place()),
    () => text.slice(place()),
    () => {
      const [from, to] = [place(), place()].sort((one, other) => one - other);
      return text.slice(0, from) + text.slice(to);
    },
    () => {
      const [from, at] = [place(), place()];
      return text.slice(0, at) + text.slice(from, from + random.integer(2000)) + text.slice(at);
    },
    () => {
      const other = random.pick(sources);
      return text.slice(0, place()) + other.slice(random.integer(other.length));
    },
    () => {
      const at = place();
      return text.slice(0, at) + random.pick(nasty)(random) + text.slice(at);
    },
    () =>
      text.replaceAll(
        random.pick(['{', '}', '(', ')', ';', '"', '\n', ' ', ',', '.']),
        random.pick(['', ' ', '{', '\n', '"']),
      ),
    () => {
      const words = text.split(/\b/);
      const [one, other] = [random.integer(words.length), random.integer(words.length)];
      [words[one], words[other]] = [words[other] ?? '', words[one] ?? ''];
      return words.join('');
    },
  ];
  for (let left = 1 + random.integer(6); left > 0; left--) text = random.pick(faults)();
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 0 && random.next() < 0.3)
    for (let left = 1 + random.integer(20); left > 0; left--) bytes[random.integer(bytes.length)] = random.integer(256);
  return bytes;
}
