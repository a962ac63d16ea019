import { DEFAULT_BASE, embeddedBase, noSuchBase } from '../core/base-model/embedded-bases.ts';
import type { ModelInputParts } from '../core/model-input/assemble-model-input.ts';
import { type BlocksSession, beginBlocks } from '../extension/client/blocks.ts';
import { generate } from '../extension/client/generation.ts';
import { countingProxy } from './counting-proxy.ts';
import { percentile } from './percentile.ts';
import { inputOf, prepareSplit, type SplitSetting, writeIn } from './split-setting.ts';
import { whatStatesReveal } from './what-states-reveal.ts';

export const options = {
  base: { type: 'string', default: DEFAULT_BASE },
  rounds: { type: 'string', default: '3' },
  inputs: { type: 'string', default: '4' },
  tokens: { type: 'string', default: '64' },
} as const;

interface Written {
  readonly text: string;
  readonly tokens: number;
  readonly seconds: number;
  readonly firstTokenSeconds: number;
}

/**
 * Split serving (embeddings and output layer here, blocks on the server) against whole serving of the same adapter, trained by the real
 * trainer, on the same inputs in fp32 over loopback gRPC, interleaved: latency, bytes, and whether the texts are the same. Then what who
 * runs the server could read from the states: tokens by the public base's embeddings, with and without noise on them. The ratio is seconds
 * whole over seconds split.
 */
export default async function measure(
  given: { readonly base: string; readonly rounds: string; readonly inputs: string; readonly tokens: string },
  say: (line: string) => void,
): Promise<object> {
  const base = embeddedBase(given.base);
  if (base === undefined) throw new Error(noSuchBase(given.base));
  say('the adapter is trained first, where that was not done before');
  const setting = await prepareSplit(base, { inputs: Number(given.inputs), maxNewTokens: Number(given.tokens) });
  try {
    const timed = await compare(setting, Number(given.rounds));
    say(`seconds: ${JSON.stringify(timed.seconds)}`);
    const bytes = await countBytes(setting);
    say(`bytes: ${JSON.stringify(bytes)}`);
    const reveals = await whatStatesReveal(setting);
    say(`what the states still reveal: ${JSON.stringify(reveals)}`);
    return { base, inputs: setting.requests.length, rounds: Number(given.rounds), ...timed, bytes, reveals };
  } finally {
    await setting.end();
  }
}

async function compare(setting: SplitSetting, rounds: number) {
  const ways = { whole: writeWhole, split: timedSplit };
  const written: Record<keyof typeof ways, Written[]> = { whole: [], split: [] };
  for (const way of Object.values(ways)) await way(setting, setting.requests[0] as ModelInputParts);
  for (let round = 0; round < rounds; round++)
    for (const [at, request] of setting.requests.entries()) {
      const order = (round + at) % 2 === 0 ? (['whole', 'split'] as const) : (['split', 'whole'] as const);
      for (const way of order) written[way].push(await ways[way](setting, request));
    }
  const sameTexts = written.whole.filter(({ text }, at) => text === written.split[at]?.text).length;
  const total = (way: keyof typeof ways) => written[way].reduce((sum, { seconds }) => sum + seconds, 0);
  const figures = (way: keyof typeof ways) => ({
    millisecondsPerFurtherToken: percentile(
      written[way].map(
        ({ seconds, firstTokenSeconds, tokens }) => (1000 * (seconds - firstTokenSeconds)) / (tokens - 1),
      ),
      0.5,
    ),
    firstTokenSeconds: percentile(
      written[way].map(({ firstTokenSeconds }) => firstTokenSeconds),
      0.5,
    ),
    secondsOfText: percentile(
      written[way].map(({ seconds }) => seconds),
      0.5,
    ),
  });
  const { layers } = setting.own;
  const row = layers.embed('decoder', [1], 0);
  const startedMs = performance.now();
  for (let time = 0; time < 5; time++) layers.logProbabilities(row);
  return {
    ratio: total('whole') / total('split'),
    texts: written.whole.length,
    sameTexts,
    seconds: { whole: figures('whole'), split: figures('split') },
    outputLayerMilliseconds: (performance.now() - startedMs) / 5,
  };
}

async function writeWhole(
  { adapterId, maxNewTokens, connection }: SplitSetting,
  request: ModelInputParts,
  over = connection,
): Promise<Written> {
  const startedMs = performance.now();
  const model = { kind: 'adapter', adapterId } as const;
  const parts = generate(over, { ...request, repository: 'bench', model, candidates: 1, maxNewTokens });
  let firstMs: number | undefined;
  for await (const part of parts) {
    if (part.kind === 'delta') firstMs ??= performance.now();
    if (part.kind === 'candidate')
      return {
        ...{ text: part.candidate.text, tokens: part.candidate.tokens },
        seconds: (performance.now() - startedMs) / 1000,
        firstTokenSeconds: ((firstMs ?? performance.now()) - startedMs) / 1000,
      };
  }
  throw new Error('The server wrote nothing.');
}

async function timedSplit(setting: SplitSetting, request: ModelInputParts): Promise<Written> {
  const startedMs = performance.now();
  const session = beginBlocks(setting.connection);
  let wantedMs: number | undefined;
  let firstMs: number | undefined;
  const { text, tokens } = await writeIn(setting, request, {
    ...session,
    decode: (firstPosition, states, wantedRows) => {
      // The first token was chosen when the row after the input's last is asked for.
      if (wantedMs !== undefined) firstMs ??= performance.now();
      if (wantedRows > 0) wantedMs ??= performance.now();
      return session.decode(firstPosition, states, wantedRows);
    },
  });
  const endedMs = performance.now();
  return {
    ...{ text, tokens: tokens.length, seconds: (endedMs - startedMs) / 1000 },
    firstTokenSeconds: ((firstMs ?? endedMs) - startedMs) / 1000,
  };
}

/** What goes over the wire for the same texts, and how often somebody waits for an answer; medians of a text. */
async function countBytes(setting: SplitSetting) {
  const proxy = await countingProxy(setting.address);
  const over = setting.connect(proxy.address);
  try {
    const [whole, split]: [BytesOfText[], BytesOfText[]] = [[], []];
    // The connection is made before anything is counted.
    await writeWhole(setting, setting.requests[0] as ModelInputParts, over);
    for (const request of setting.requests) {
      proxy.take();
      const { tokens } = await writeWhole(setting, request, over);
      whole.push({ ...proxy.take(), tokens, inputTokens: inputOf(setting, request).length, roundTrips: 1 });
      const session = beginBlocks(over);
      let roundTrips = 0;
      const counted: BlocksSession = {
        ...session,
        encode: (states) => {
          roundTrips += 1;
          return session.encode(states);
        },
        decode: (...request) => {
          roundTrips += 1;
          return session.decode(...request);
        },
      };
      const written = await writeIn(setting, request, counted);
      const inputTokens = inputOf(setting, request).length;
      split.push({ ...proxy.take(), tokens: written.tokens.length, inputTokens, roundTrips });
    }
    return { whole: mediansOf(whole), split: mediansOf(split) };
  } finally {
    over.close();
    proxy.close();
  }
}

interface BytesOfText {
  readonly up: number;
  readonly down: number;
  readonly tokens: number;
  readonly inputTokens: number;
  readonly roundTrips: number;
}

function mediansOf(texts: readonly BytesOfText[]) {
  const median = (of: (text: BytesOfText) => number) => Math.round(percentile(texts.map(of), 0.5) ?? Number.NaN);
  return {
    ...{ up: median(({ up }) => up), down: median(({ down }) => down) },
    upPerToken: median(({ up, tokens, inputTokens }) => up / (tokens + inputTokens)),
    downPerWrittenToken: median(({ down, tokens }) => down / tokens),
    roundTrips: median(({ roundTrips }) => roundTrips),
    ...{ inputTokens: median(({ inputTokens }) => inputTokens), tokens: median(({ tokens }) => tokens) },
  };
}
