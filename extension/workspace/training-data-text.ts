import { makeCorpus } from '../../core/corpus/corpus.ts';
import { FILE_PROBLEMS, UNPAIRED_REASONS } from '../../core/mining/mining-record.ts';
import type { FocalContext, TestPair } from '../../core/mining/test-pair.ts';
import { secretText } from '../../core/secrets/secrets-in-pair.ts';
import { count, formatBytes } from './consent-text.ts';
import type { MinedRepository } from './mine-repository.ts';

export type TrainingData = Pick<
  MinedRepository,
  'identity' | 'clean' | 'withSecret' | 'unpaired' | 'problems' | 'testMethods' | 'bytes'
>;

/** A test in the document that a reader can decide about. */
export interface ListedTest {
  /** From 0. */
  readonly line: number;
  readonly testFile: string;
  readonly testMethod: string;
  /** Whether it is among what is sent, or the team excluded it. */
  readonly choice: 'sent' | 'excluded';
}

export interface TrainingDataDocument {
  /** Markdown. */
  readonly text: string;
  /** In the order of the text. */
  readonly tests: readonly ListedTest[];
}

/** What *Personalize to this Repo* would send: the pairs by test class, then what is left out, each with its reason. */
export function trainingDataDocument(data: TrainingData): TrainingDataDocument {
  // The upload leaves them out for the same reason.
  const tooLarge = new Set(makeCorpus(data.clean).tooLargePairIds);
  const sent = data.clean.filter(({ id }) => !tooLarge.has(id));
  const leftOut = leftOutByReason(
    data,
    data.clean.filter(({ id }) => tooLarge.has(id)),
  );
  const number = [...leftOut.values()].reduce((sum, tests) => sum + tests.length, 0);
  const writer = new BlockWriter();
  writer.add(`# Training data of ${data.identity.name}`);
  writer.add(
    `Personalize to this Repo would send these ${count(sent.length, 'pair')} (of ${count(data.testMethods, 'test method')}, ${formatBytes(data.bytes)}), and nothing else of the workspace. Looking at them sends nothing.`,
  );
  if (number > 0) writer.add(`Left out: ${count(number, 'test method')}, with the reasons at the end.`);
  for (const [heading, pairs] of byTestClass(sent)) {
    writer.add(`## ${heading}`);
    for (const pair of pairs) {
      writer.add(`### ${pair.testMethod} tests ${pair.focalClass}.${pair.focalMethod}`, [{ ...pair, choice: 'sent' }]);
      for (const block of pairText(pair)) writer.add(block);
    }
  }
  if (number > 0) writer.add('## Left out');
  for (const [reason, tests] of leftOut) {
    writer.add(`### ${reason} (${count(tests.length, 'test method')})`);
    writer.add(
      list(tests.map(({ text }) => text)),
      tests.map(({ excluded }) => excluded),
    );
  }
  if (data.problems.length > 0) {
    writer.add('## Files with problems');
    writer.add(list(data.problems.map(({ file, problem }) => `${code(file)}: ${FILE_PROBLEMS[problem]}`)));
  }
  return writer.document();
}

/** Puts blocks one below the other and notes in which line a test stands. */
class BlockWriter {
  readonly #blocks: string[] = [];
  readonly #tests: ListedTest[] = [];
  #line = 0;

  /** `tests`: those of the block's lines, in order; `null` for a line that nobody decides about. */
  add(block: string, tests: readonly (Omit<ListedTest, 'line'> | null)[] = []): void {
    for (const [at, test] of tests.entries()) {
      if (test === null) continue;
      const { testFile, testMethod, choice } = test;
      this.#tests.push({ line: this.#line + at, testFile, testMethod, choice });
    }
    this.#blocks.push(block);
    // An empty line stands between blocks.
    this.#line += block.split('\n').length + 1;
  }

  document(): TrainingDataDocument {
    return { text: `${this.#blocks.join('\n\n')}\n`, tests: this.#tests };
  }
}

function byTestClass(pairs: readonly TestPair[]): Map<string, TestPair[]> {
  return grouped(pairs.map((pair) => [`${pair.testClass}, ${code(pair.testFile)}`, pair]));
}

function pairText(pair: TestPair): string[] {
  const evidence = pair.evidence.map((one) => one.replaceAll('-', ' ')).join(', ');
  return [
    `Confidence ${pair.confidence.toFixed(2)}; evidence: ${evidence}. The method, from ${code(pair.focalFile)}, with what is sent of its class:`,
    javaBlock(contextText(pair.focalContext)),
    'The test:',
    javaBlock(pair.testSource),
  ];
}

function contextText(context: FocalContext): string {
  const { classDeclaration, fields, constructors, methods, method, relatedTypes } = context;
  const signatures = [...fields, ...constructors, ...methods].map((one) => `${one};`);
  return [...relatedTypes, `${classDeclaration} {`, ...signatures, method, '}'].join('\n');
}

interface LeftOutTest {
  readonly text: string;
  readonly excluded: Omit<ListedTest, 'line'> | null;
}

/** Names, kinds and places only: a text that holds a secret is not shown, because this document is made to be passed around. */
function leftOutByReason(
  { withSecret, unpaired }: TrainingData,
  tooLarge: readonly TestPair[],
): ReadonlyMap<string, LeftOutTest[]> {
  const named = (test: Pick<TestPair, 'testFile' | 'testClass' | 'testMethod'>) =>
    `${test.testClass}.${test.testMethod}, ${code(test.testFile)}`;
  const plain = (reason: string, text: string): [string, LeftOutTest] => [reason, { text, excluded: null }];
  return grouped([
    ...withSecret.map((pair) =>
      plain(
        'The test or its method seems to hold a secret.',
        `${named(pair)}: ${pair.secrets.map(secretText).join('; ')}`,
      ),
    ),
    ...tooLarge.map((pair) => plain('The pair is larger than a message to the server may be.', named(pair))),
    ...unpaired.map((test): [string, LeftOutTest] => {
      const { testFile, testMethod, reason } = test;
      const excluded = reason === 'excluded' ? ({ testFile, testMethod, choice: 'excluded' } as const) : null;
      return [UNPAIRED_REASONS[reason], { text: named(test), excluded }];
    }),
  ]);
}

/** In the order in which the keys come first. */
function grouped<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [value]);
    else known.push(value);
  }
  return groups;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A text block of Java may hold backticks of its own: the fence is longer than any run of them. */
function javaBlock(source: string): string {
  const longest = Math.max(0, ...(source.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}java\n${source}\n${fence}`;
}
