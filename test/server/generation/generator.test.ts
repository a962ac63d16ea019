import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createGenerator,
  type GenerationPart,
  type Generator,
  type TokenRequest,
} from '../../../server/generation/generator.ts';
import { bundledWorker } from './bundled-worker.ts';
import { type Reference, reference } from './reference.ts';

// The generator as the server uses it, with its worker thread.

let ref: Reference;
let generator: Generator;
let workerFile: string;

beforeAll(async () => {
  ref = await reference('llama');
  workerFile = await bundledWorker();
  generator = await createGenerator({ baseModelDir: ref.baseModelDir, threads: 1, workerFile });
}, 300_000);

afterAll(() => generator.close());

const never = () => new AbortController().signal;

const focal = {
  focalClass: 'Calculator',
  focalMethod: 'add',
  focalContext: {
    method: 'int add(int a, int b) {\n    return a + b;\n}',
    classDeclaration: 'class Calculator',
    constructors: [],
    methods: [],
    fields: [],
    relatedTypes: [],
  },
  nearestTests: [
    { focalClass: 'Calculator', focalMethodSource: 'int sub(int a, int b) {}', testSource: '@Test\nvoid sub() {}' },
  ],
};

function tokenRequest(changes: Partial<TokenRequest> = {}): TokenRequest {
  return {
    tenantId: 'tenant',
    adapter: null,
    tokens: ref.cases[1]?.source ?? [],
    candidates: 1,
    maxNewTokens: ref.maxNewTokens,
    beam: null,
    faulty: null,
    atEndOfMethod: false,
    ...changes,
  };
}

async function collect(parts: AsyncIterable<GenerationPart>): Promise<GenerationPart[]> {
  const all: GenerationPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

const candidatesOf = (parts: readonly GenerationPart[]) =>
  parts.flatMap((part) => (part.kind === 'candidate' ? [part.candidate] : []));

test('one candidate is streamed: started, deltas that add up to it, the candidate', async () => {
  const request = {
    ...focal,
    tenantId: 'tenant',
    adapter: null,
    candidates: 1,
    maxNewTokens: 30,
    beam: null,
    faulty: null,
  };
  const parts = await collect(generator.generate(request, never()));
  expect(parts[0]).toMatchObject({ kind: 'started', nearestTestsUsed: 1 });
  const text = parts.map((part) => (part.kind === 'delta' ? part.text : '')).join('');
  const [candidate] = candidatesOf(parts);
  expect(candidate?.text).toBe(text);
  expect(text.length).toBeGreaterThan(10);
  expect(parts.at(-1)?.kind).toBe('candidate');
});

test('the first of several candidates is the greedy one, the others leave it once and go on greedily', async () => {
  const write = async (changes: Partial<TokenRequest>) =>
    (await collect(generator.generateFromTokens(tokenRequest(changes), never()))).flatMap((part) =>
      part.kind === 'candidate' ? [part.tokens] : [],
    );
  const [greedy = []] = await write({});
  const [first, ...others] = await write({ candidates: 4 });
  expect(first).toEqual(greedy);
  expect(others.length).toBe(3);
  for (const other of others) {
    const left = other.findIndex((token, at) => token !== greedy[at]) + 1;
    const [rest = []] = await write({
      tokens: [...tokenRequest().tokens, ...other.slice(0, left)],
      maxNewTokens: ref.maxNewTokens - left,
    });
    expect([...other.slice(0, left), ...rest]).toEqual(other);
  }
});

test('several candidates are distinct and ranked', async () => {
  const candidates = candidatesOf(
    await collect(generator.generateFromTokens(tokenRequest({ candidates: 5 }), never())),
  );
  expect(candidates.map(({ rank }) => rank)).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(candidates.map(({ text }) => text)).size).toBe(5);
});

test('twelve requests of base and adapters at once give what each gives alone', async () => {
  const adapters = [null, 'prefix', 'last-decoder-block', 'custom'].map((name) =>
    name === null ? null : { id: name, folder: ref.adapterDir(name) },
  );
  const requests = Array.from({ length: 12 }, (_, index) =>
    tokenRequest({
      adapter: adapters[index % 4] ?? null,
      tokens: ref.cases[index % 3]?.source ?? [],
      candidates: index % 5 === 0 ? 3 : 1,
    }),
  );
  const together = await Promise.all(
    requests.map((request) => collect(generator.generateFromTokens(request, never())).then(candidatesOf)),
  );
  for (const [index, request] of requests.entries()) {
    const alone = candidatesOf(await collect(generator.generateFromTokens(request, never())));
    expect(together[index]?.map(({ text }) => text)).toEqual(alone.map(({ text }) => text));
  }
});

test('an abort ends the stream and leaves room for others', async () => {
  const crowd = Array.from({ length: 20 }, () => new AbortController());
  const streams = crowd.map(({ signal }) =>
    collect(generator.generateFromTokens(tokenRequest({ maxNewTokens: 400, candidates: 8 }), signal)),
  );
  for (const controller of crowd) controller.abort();
  for (const parts of await Promise.all(streams)) expect(candidatesOf(parts)).toEqual([]);
  const parts = await collect(generator.generateFromTokens(tokenRequest(), never()));
  expect(candidatesOf(parts).length).toBe(1);
});

test('a stream that nobody reads on is cancelled', async () => {
  for await (const part of generator.generateFromTokens(tokenRequest({ maxNewTokens: 400 }), never())) {
    expect(part.kind).toBe('started');
    break;
  }
  expect(candidatesOf(await collect(generator.generateFromTokens(tokenRequest(), never()))).length).toBe(1);
});

test('an input that exceeds the positions is refused with a sentence', async () => {
  const tokens = Array.from({ length: 1000 }, () => 5);
  await expect(
    collect(generator.generateFromTokens(tokenRequest({ tokens, maxNewTokens: 400 }), never())),
  ).rejects.toThrow(/exceed the model's 1024 positions/);
});

test('an unknown adapter folder is refused with a sentence', async () => {
  const adapter = { id: 'x', folder: '/nowhere' };
  await expect(collect(generator.generateFromTokens(tokenRequest({ adapter }), never()))).rejects.toMatchObject({
    situation: 'adapter-refused',
    message: expect.stringMatching(/it does not exist/),
  });
});

test('int8 serves the base and adapters', async () => {
  const int8 = await createGenerator({ baseModelDir: ref.baseModelDir, threads: 1, workerFile, precision: 'int8' });
  try {
    for (const name of [null, 'custom', 'prefix']) {
      const adapter = name === null ? null : { id: name, folder: ref.adapterDir(name) };
      const request = tokenRequest({ adapter, maxNewTokens: 8 });
      const [exact] = candidatesOf(await collect(generator.generateFromTokens(request, never())));
      const [rounded] = candidatesOf(await collect(int8.generateFromTokens(request, never())));
      expect(rounded?.text.length).toBeGreaterThan(0);
      expect(rounded?.logProbability).not.toBe(exact?.logProbability);
    }
  } finally {
    await int8.close();
  }
});
