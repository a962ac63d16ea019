import { makeCorpus } from '../../core/corpus/corpus.ts';
import { FILE_PROBLEMS, UNPAIRED_REASONS } from '../../core/mining/mining-record.ts';
import type { FocalContext, TestPair } from '../../core/mining/test-pair.ts';
import { count, formatBytes } from './consent-text.ts';
import type { MinedRepository } from './mine-repository.ts';

export type TrainingData = Pick<
  MinedRepository,
  'identity' | 'clean' | 'withSecret' | 'unpaired' | 'problems' | 'testMethods' | 'bytes'
>;

/** What *Personalize to this Repo* would send, as Markdown: the pairs by test class, then what is left out, each with its reason. */
export function trainingDataText(data: TrainingData): string {
  // The upload leaves them out for the same reason.
  const tooLarge = new Set(makeCorpus(data.clean).tooLargePairIds);
  const sent = data.clean.filter(({ id }) => !tooLarge.has(id));
  const leftOut = leftOutByReason(
    data,
    data.clean.filter(({ id }) => tooLarge.has(id)),
  );
  const number = [...leftOut.values()].reduce((sum, tests) => sum + tests.length, 0);
  return [
    `# Training data of ${data.identity.name}`,
    `Personalize to this Repo would send these ${count(sent.length, 'pair')} (of ${count(data.testMethods, 'test method')}, ${formatBytes(data.bytes)}), and nothing else of the workspace. Looking at them sends nothing.`,
    ...(number === 0 ? [] : [`Left out: ${count(number, 'test method')}, with the reasons at the end.`]),
    ...[...byTestClass(sent)].flatMap(([heading, pairs]) => [`## ${heading}`, ...pairs.flatMap(pairText)]),
    ...(number === 0 ? [] : ['## Left out']),
    ...[...leftOut].flatMap(([reason, tests]) => [
      `### ${reason} (${count(tests.length, 'test method')})`,
      list(tests),
    ]),
    ...(data.problems.length === 0
      ? []
      : [
          '## Files with problems',
          list(data.problems.map(({ file, problem }) => `${code(file)}: ${FILE_PROBLEMS[problem]}`)),
        ]),
    '',
  ].join('\n\n');
}

function byTestClass(pairs: readonly TestPair[]): Map<string, TestPair[]> {
  return grouped(pairs.map((pair) => [`${pair.testClass}, ${code(pair.testFile)}`, pair]));
}

function pairText(pair: TestPair): string[] {
  const evidence = pair.evidence.map((one) => one.replaceAll('-', ' ')).join(', ');
  return [
    `### ${pair.testMethod} tests ${pair.focalClass}.${pair.focalMethod}`,
    `Confidence ${pair.confidence.toFixed(2)}; evidence: ${evidence}. The method, from ${code(pair.focalFile)}, with what is sent of its class:`,
    javaBlock(contextText(pair.focalContext)),
    'The test:',
    javaBlock(pair.testSource),
  ];
}

function contextText({ classDeclaration, fields, constructors, methods, method }: FocalContext): string {
  const signatures = [...fields, ...constructors, ...methods].map((one) => `${one};`);
  return [`${classDeclaration} {`, ...signatures, method, '}'].join('\n');
}

/** Names only: a text that holds a secret is not shown either, because this document is made to be passed around. */
function leftOutByReason(
  { withSecret, unpaired }: TrainingData,
  tooLarge: readonly TestPair[],
): ReadonlyMap<string, string[]> {
  type Named = Pick<TestPair, 'testFile' | 'testClass' | 'testMethod'>;
  const named = (reason: string, { testFile, testClass, testMethod }: Named): [string, string] => [
    reason,
    `${testClass}.${testMethod}, ${code(testFile)}`,
  ];
  return grouped([
    ...withSecret.map((pair) => named('The test or its method seems to hold a secret.', pair)),
    ...tooLarge.map((pair) => named('The pair is larger than a message to the server may be.', pair)),
    ...unpaired.map((test) => named(UNPAIRED_REASONS[test.reason], test)),
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
