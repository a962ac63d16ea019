import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_BASE, EMBEDDED_BASES } from '../../../core/base-model/embedded-bases.ts';
import { assembleModelInput } from '../../../core/model-input/assemble-model-input.ts';
import { readBaseModelFolder } from '../../../server/base-model/base-model-folder.ts';
import {
  createGenerator,
  type GenerationPart,
  type Generator,
  type TokenRequest,
} from '../../../server/generation/generator.ts';
import { readGraphDescription } from '../../../server/generation/graph-description.ts';
import { ModelCache } from '../../../server/generation/model-cache.ts';
import { WeightStore } from '../../../server/generation/weight-store.ts';
import { home, trainerPython } from '../support/places.ts';
import { bundledWorker } from './bundled-worker.ts';
import { forcedLogProbabilities } from './forced.ts';

// The embedded base models themselves against Hugging Face, in fp32: the tokens of greedy and beam search on real inputs.

const script = fileURLToPath(new URL('hugging_face_generate.py', import.meta.url));
const searches = [
  { width: 1, maxNewTokens: 32 },
  { width: 3, maxNewTokens: 12 },
];

function inputs(of: Generator): number[][] {
  const nearest = {
    focalClass: 'Basket',
    focalMethodSource: 'public void remove(Item item) {\n    items.remove(item);\n}',
    testSource:
      '@Test\nvoid removesAnItem() {\n    Basket basket = new Basket();\n    basket.add(apple, 1);\n    basket.remove(apple);\n    assertEquals(0, basket.size());\n}',
  };
  const focalContext = {
    method: 'public int size() {\n    return items.size();\n}',
    classDeclaration: 'public class Basket implements Iterable<Item>',
    constructors: ['public Basket()'],
    methods: ['public void add(Item item, int count)', 'public Money total()'],
    fields: [],
    relatedTypes: [],
  };
  return [[nearest], []].map((nearestTests) => [
    ...assembleModelInput({ focalClass: 'Basket', focalMethod: 'size', focalContext, nearestTests }, of.tokenizer, 600)
      .tokens,
  ]);
}

async function candidateTokens(from: Generator, tokens: readonly number[], width: number, maxNewTokens: number) {
  const beam = width === 1 ? null : { lengthPenalty: 1, earlyStopping: true };
  const request = { tenantId: 't', adapter: null, tokens, candidates: width, beam, maxNewTokens };
  const parts: GenerationPart[] = [];
  const stream = from.generateFromTokens({ ...request, atEndOfMethod: false }, new AbortController().signal);
  for await (const part of stream) parts.push(part);
  return parts.flatMap((part) => (part.kind === 'candidate' ? [[...part.tokens]] : []));
}

async function written(generator: Generator, tokens: readonly number[], request: Partial<TokenRequest> = {}) {
  const asked = { tenantId: 't', adapter: null, tokens, candidates: 1, beam: null, maxNewTokens: 48, ...request };
  const found: { text: string; tokens: readonly number[] }[] = [];
  for await (const part of generator.generateFromTokens(
    { atEndOfMethod: false, ...asked },
    new AbortController().signal,
  ))
    if (part.kind === 'candidate') found.push({ text: part.candidate.text, tokens: part.tokens });
  return found;
}

describe.each(EMBEDDED_BASES)('%s', (name) => {
  const baseModelDir = join(home, 'base-model', name);
  let generator: Generator;
  let int8: Generator;

  beforeAll(async () => {
    const workerFile = await bundledWorker();
    generator = await createGenerator({ baseModelDir, threads: 2, workerFile });
    int8 = await createGenerator({ baseModelDir, threads: 2, workerFile, precision: 'int8' });
  }, 300_000);

  afterAll(async () => {
    await generator.close();
    await int8.close();
  });

  test('greedy and beam search find the tokens that Hugging Face finds', { timeout: 600_000 }, async () => {
    const sources = inputs(generator);
    const input = JSON.stringify({ base: baseModelDir, sources, searches });
    const { stdout, stderr, status } = spawnSync(trainerPython(), [script], { input, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const expected = JSON.parse(stdout) as number[][][];
    const wanted = sources.flatMap((source) => searches.map((search) => ({ source, ...search })));
    // All at once, so that requests of different widths and lengths run beside each other.
    const found = await Promise.all(
      wanted.map(({ source, width, maxNewTokens }) => candidateTokens(generator, source, width, maxNewTokens)),
    );
    expect(found).toEqual(expected);
  });

  test('in eight bits a test is nearly as likely as in fp32, token by token', { timeout: 600_000 }, async () => {
    const base = await readBaseModelFolder(baseModelDir, 'header');
    const graphs = await readGraphDescription(baseModelDir);
    const [source = []] = inputs(generator);
    const target = generator.tokenizer.encode(
      '@Test\nvoid countsItems() {\n    Basket basket = new Basket();\n    basket.add(apple, 2);\n    assertEquals(1, basket.size());\n}',
    );
    const [exact, rounded] = await Promise.all(
      (['float32', 'int8'] as const).map(async (precision) => {
        const models = await ModelCache.open(base, graphs, precision, new WeightStore(base), 2, 0);
        const seen = await forcedLogProbabilities(await models.take(null, 't'), source, target);
        await models.release();
        return seen;
      }),
    );
    // Kullback-Leibler divergence of each next-token distribution, in nats.
    const divergences = (exact ?? []).map((row, index) =>
      row.reduce((sum, value, token) => sum + Math.exp(value) * (value - (rounded?.[index]?.[token] ?? 0)), 0),
    );
    expect(divergences.length).toBe(target.length + 1);
    expect(divergences.reduce((sum, value) => sum + value, 0) / divergences.length).toBeLessThan(0.005);
  });

  test('in eight bits requests beside each other change a token only where two are nearly as likely', {
    timeout: 300_000,
  }, async () => {
    const base = await readBaseModelFolder(baseModelDir, 'header');
    const graphs = await readGraphDescription(baseModelDir);
    const models = await ModelCache.open(base, graphs, 'int8', new WeightStore(base), 2, 0);
    const sources = inputs(generator);
    const together = await Promise.all(sources.map((source) => candidateTokens(int8, source, 1, 16)));
    for (const [index, source] of sources.entries()) {
      const [beside = []] = together[index] ?? [];
      const [alone = []] = await candidateTokens(int8, source, 1, 16);
      const at = alone.findIndex((token, place) => token !== beside[place]);
      if (at < 0) continue;
      // Sums of another order round to other eight bits, which is seen where two tokens are nearly as likely.
      const rows = await forcedLogProbabilities(await models.take(null, 't'), source, alone.slice(0, at));
      const logProbabilityOf = (token: number | undefined) => rows.at(-1)?.[token ?? -1] ?? Number.NaN;
      expect(Math.abs(logProbabilityOf(alone[at]) - logProbabilityOf(beside[at]))).toBeLessThan(0.1);
    }
    await models.release();
  });

  // Written as a continuation, which only a model without an encoder can be asked for.
  if (name !== DEFAULT_BASE) return;

  test('a rewritten test keeps what was right, takes another token in the faulty part and goes on greedily', {
    timeout: 300_000,
  }, async () => {
    for (const source of inputs(generator)) {
      const text =
        '@Test\nvoid countsItems() {\n    Basket basket = new Basket(5);\n    assertEquals(0, basket.size());\n}\n';
      const start = text.indexOf('Basket(5)');
      const end = start + 'Basket(5)'.length;
      const found = await written(generator, source, { candidates: 4, faulty: { text, start, end } });
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found.map((one) => one.text)).size).toBe(found.length);
      const given = generator.tokenizer.encode(text);
      for (const one of found) {
        const parted = one.tokens.findIndex((token, at) => token !== given[at]);
        const before = generator.tokenizer.decode(one.tokens.slice(0, parted));
        const through = generator.tokenizer.decode(one.tokens.slice(0, parted + 1));
        expect(before).toBe(text.slice(0, before.length));
        expect(before.length).toBeLessThan(end);
        expect(through.length).toBeGreaterThan(start);
        // From there it is what a request writes whose input holds all that was kept.
        const kept = [...source, ...one.tokens.slice(0, parted + 1)];
        const [oracle] = await written(generator, kept, { maxNewTokens: 48 - parted - 1 });
        expect(one.tokens.slice(parted + 1)).toEqual(oracle?.tokens);
      }
    }
  });

  test('where nothing is faulty nothing is written', { timeout: 120_000 }, async () => {
    const [source = []] = inputs(generator);
    const text = '@Test\nvoid countsItems() {\n}';
    expect(
      await written(generator, source, { candidates: 3, faulty: { text, start: text.length, end: text.length + 1 } }),
    ).toEqual([]);
  });
});
