import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assembleModelInput } from '../../core/model-input/assemble-model-input.ts';
import { loadTokenizer } from '../../core/model-input/tokenizer.ts';
import { type BlocksSession, beginBlocks } from '../../extension/client/blocks.ts';
import { Connection } from '../../extension/client/connection.ts';
import { generate } from '../../extension/client/generation.ts';
import { type OwnModel, readOwnModel } from '../../extension/split/own-model.ts';
import { requireSameBase } from '../../extension/split/require-same-base.ts';
import { writeSplit } from '../../extension/split/split-writer.ts';
import type { Caller } from '../../server/caller.ts';
import { RunBlocksFlow } from '../../server/flow-run-blocks.ts';
import { createLog } from '../../server/log.ts';
import { FairQueue } from '../../server/quotas/fair-queue.ts';
import { TenantQuotas } from '../../server/quotas/tenant-quotas.ts';
import { reference } from './generation/reference.ts';
import { corpus, eventually, required } from './support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';
import { folderWithTenants } from './support/tenants.ts';
import { tinyBaseModel } from './support/tiny-base-model.ts';

const pair = required(corpus.chunks[0]?.pairs[0]);
const wanted = {
  focalClass: pair.focalClass,
  focalMethod: pair.focalMethod,
  focalContext: pair.focalContext,
  nearestTests: [],
};
const maxNewTokens = 40;

describe('a decoder-only model', () => {
  let server: ServerUnderTest;
  let connections: readonly Connection[];
  let own: OwnModel;
  let baseModelDir: string;
  beforeAll(async () => {
    baseModelDir = await tinyBaseModel();
    own = await readOwnModel(baseModelDir, null);
    const { dataDir, tokens } = await folderWithTenants(['one', 'two', 'three']);
    const flags = ['--generation-precision', 'float32', '--tenant-generations', '8'];
    server = await startServer({ dataDir, flags });
    connections = tokens.map((token) => new Connection({ address: server.address, token, tls: false }));
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await endServers();
  });
  const connection = (tenant = 0) => required(connections[tenant]);
  /** Rows of random numbers. */
  const rows = (count: number, seed: number) =>
    Float32Array.from({ length: count * own.layers.hiddenSize }, (_, at) => Math.sin(seed * 1000 + at));

  test('the same text as the whole model on the server, which sees no word of it', async () => {
    const whole = await wholeCandidate(connection());
    const tokenizer = await loadTokenizer(baseModelDir);
    const { tokens } = assembleModelInput(wanted, tokenizer, own.base.maxInputTokens);
    const session = beginBlocks(connection());
    const split = await writeSplit(session, own, tokenizer, { tokens, maxNewTokens, atEndOfMethod: true });
    session.end();
    expect([split.text, split.tokens.length, split.complete]).toEqual([whole.text, whole.tokens, whole.complete]);
    expect(split.logProbability).toBeCloseTo(whole.logProbability, 3);
  });

  test('a row that is sent again takes the place of what followed', async () => {
    const [session, other] = [beginBlocks(connection()), beginBlocks(connection())];
    await session.decode(0, rows(5, 1), 0);
    await session.decode(5, rows(3, 2), 0);
    const again = await session.decode(5, rows(2, 3), 2);
    await other.decode(0, rows(5, 1), 0);
    expect(nearlyEqual(again, await other.decode(5, rows(2, 3), 2))).toBe(true);
    session.end();
    other.end();
  });

  test("sessions side by side do not meet, and another tenant's is out of reach", async () => {
    const alone = beginBlocks(connection());
    const expected = [await alone.decode(0, rows(4, 1), 1), await alone.decode(4, rows(1, 2), 1)];
    alone.end();
    const [session, theirs] = [beginBlocks(connection()), beginBlocks(connection(1))];
    const [first, refused] = await Promise.allSettled([
      session.decode(0, rows(4, 1), 1),
      theirs.decode(4, rows(1, 9), 1),
    ]);
    expect(refused).toMatchObject({
      reason: { message: expect.stringMatching(/this session has 0 rows: go on behind/) },
    });
    const third = beginBlocks(connection(1));
    await third.decode(0, rows(8, 7), 1);
    const seen = [
      first.status === 'fulfilled' ? first.value : new Float32Array(0),
      await session.decode(4, rows(1, 2), 1),
    ];
    for (const [at, states] of seen.entries()) expect(nearlyEqual(states, required(expected[at]))).toBe(true);
    session.end();
    third.end();
  });

  test('a session counts as a generation of its tenant, until it ends', async () => {
    const begin = async () => {
      const session = beginBlocks(connection(2));
      await session.decode(0, rows(1, 1), 0);
      return session;
    };
    const sessions = await Promise.all(Array.from({ length: 8 }, begin));
    await expect(begin()).rejects.toThrow(/8 generations under way: wait for one to end/);
    await beginBlocks(connection()).decode(0, rows(1, 1), 0);
    for (const session of sessions) session.end();
    await eventually(() =>
      begin().then(
        (session) => [session.end()],
        () => undefined,
      ),
    );
  });

  test('refuses what it cannot run, with one sentence', async () => {
    const check = (ask: (session: BlocksSession) => Promise<unknown>, sentence: RegExp) =>
      checkRefused(beginBlocks(connection()), ask, sentence);
    await check(
      (session) => session.decode(0, new Float32Array(0), 0),
      /are not whole rows of hidden states: send rows of 32/,
    );
    await check((session) => session.decode(0, new Float32Array(33), 0), /33 numbers are not whole rows/);
    await check((session) => session.decode(1, rows(1, 1), 0), /first position is 1, and this session has 0 rows/);
    await check((session) => session.decode(-1, rows(1, 1), 0), /first position is -1/);
    await check((session) => session.decode(0, rows(1, 1), 2), /Of 1 rows 2 are wanted: ask for 0 to all/);
    await check((session) => session.decode(0, rows(1, 1).fill(Number.NaN), 1), /not finite: send finite/);
    await check(
      (session) => session.decode(0, rows(own.base.maxInputTokens + 2, 1), 0),
      /rows: send at most \d+ at once/,
    );
    await check((session) => session.encode(rows(1, 1)), /decoder-only model: send all states to the decoder/);
    await check((session) => session.decode(0, rows(1 << 15, 1), 0), /larger than/);
    await check(async (session) => {
      const { maxInputTokens, maxTargetTokens } = own.base;
      const step = Math.min(maxInputTokens, 256);
      for (let at = 0; at <= maxInputTokens + maxTargetTokens; at += step) await session.decode(at, rows(step, 1), 0);
    }, /session would have \d+ rows: end it before/);
  });

  test('an aborted session ends with its reason', async () => {
    const controller = new AbortController();
    const session = beginBlocks(connection(), controller.signal);
    await session.decode(0, rows(1, 1), 0);
    controller.abort(new Error('enough'));
    await expect(session.decode(1, rows(1, 1), 0)).rejects.toThrow('enough');
  });

  async function wholeCandidate(over: Connection) {
    const request = { ...wanted, repository: 'repo', model: { kind: 'base' } as const, candidates: 1, maxNewTokens };
    for await (const part of generate(over, request)) if (part.kind === 'candidate') return part.candidate;
    throw new Error('No candidate came.');
  }
});

test('an encoder-decoder reads its input first, once', async () => {
  const { baseModelDir, cases, maxNewTokens, adapterDir } = await reference('bart');
  const server = await startServer({ baseModelDir, flags: ['--generation-precision', 'float32'] });
  const connection = new Connection({ address: server.address, token: 'token-of-the-local-tenant', tls: false });
  const own = await readOwnModel(baseModelDir, adapterDir('embeddings-output'));
  const { source, greedy } = required(cases.find(({ strategy }) => strategy === 'embeddings-output'));
  await requireSameBase(connection, own);
  const other = await readOwnModel(await tinyBaseModel(), null);
  await expect(requireSameBase(connection, other)).rejects.toThrow(/has another base model than .*: choose a server/);
  const request = { tokens: source, maxNewTokens, atEndOfMethod: false };
  const session = beginBlocks(connection);
  const { tokens } = await writeSplit(session, own, await loadTokenizer(baseModelDir), request);
  expect(tokens).toEqual(greedy.tokens);
  const row = own.layers.embed('encoder', [1], 0);
  await checkRefused(session, () => session.encode(row), /encoder has read its input before: make another call/);
  const early = beginBlocks(connection);
  await checkRefused(early, () => early.decode(0, row, 1), /decoder comes before the encoder: send the states/);
  connection.close();
  await endServers();
});

test('only an adapter that changes nothing but embeddings and output layer is split', async () => {
  const { baseModelDir, adapterDir } = await reference('bart');
  const open = (adapter: string) => readOwnModel(baseModelDir, adapterDir(adapter));
  await expect(open('telly')).rejects.toThrow(
    /trained with the strategy telly, which changes more.*: choose another model\.$/,
  );
  await expect(open('nothing')).rejects.toThrow(/^The model cannot be split, because /);
  const other = (await reference('llama')).adapterDir('embeddings-output');
  await expect(readOwnModel(baseModelDir, other)).rejects.toThrow(/trained on another base model/);
});

test('a session that is silent for too long is ended', async () => {
  const log: string[] = [];
  const flow = new RunBlocksFlow({
    quotas: new TenantQuotas({ uploads: 1, generations: 1, queuedRuns: 1, storedBytes: 1, requestsPerSecond: 100 }),
    queue: new FairQueue(1),
    log: createLog((line) => void log.push(line)),
    blocks: async () => ({
      begin: () => ({ run: async () => new Float32Array(3), end: () => void log.push('ended') }),
    }),
    mostSilentMs: 100,
  });
  async function* one() {
    yield { stack: 'encoder', states: new Float32Array(1) } as const;
    await new Promise(() => {});
  }
  const caller = {
    tenant: { id: 'tenant', name: 'tenant' },
    role: 'developer',
    repositories: null,
  } as unknown as Caller;
  const answers = flow.run(caller, one(), new AbortController().signal);
  expect((await answers.next()).value).toHaveLength(3);
  await expect(answers.next()).rejects.toThrow(/silent for 0 s and was ended: make the call again/);
  expect(log[0]).toBe('ended');
});

/** Equal but for rounding: rows that are read together may be added up in another order. */
function nearlyEqual(one: Float32Array, other: Float32Array): boolean {
  return (
    one.length > 0 &&
    one.length === other.length &&
    one.every((value, at) => Math.abs(value - required(other[at])) < 1e-4)
  );
}

async function checkRefused(
  session: BlocksSession,
  ask: (session: BlocksSession) => Promise<unknown>,
  sentence: RegExp,
) {
  const error = await ask(session).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toMatch(sentence);
  session.end();
}
