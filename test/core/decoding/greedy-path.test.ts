import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { GreedyPath, pathStart } from '../../../core/decoding/greedy-path.ts';
import { loadTokenizer, type Tokenizer } from '../../../core/model-input/tokenizer.ts';
import { home } from '../../server/support/places.ts';

const VOCABULARY = 49_152;
let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await loadTokenizer(join(home, 'base-model', 'smollm2-135m-tests'));
});

/**
 * What a path writes for a model that knows one text by heart, and after `nearly` in it would nearly have written something else: then it
 * goes on with that. Checks that the rows it sees are those of its own tokens.
 */
function written(text: string, nearly: { readonly after: string; readonly other: string }): string {
  const told = tokenizer.encode(text);
  const leftAt = tokenizer.encode(nearly.after).length;
  const other = [...told.slice(0, leftAt), ...tokenizer.encode(nearly.other)];
  const stopping = { endOfTarget: 2, maxNewTokens: 400, atEndOfMethod: true };
  const path = new GreedyPath([], pathStart, stopping, tokenizer);
  let tokens: number[] = [];
  const row = new Map<number, number>();
  for (let step = 0; path.finished === undefined; step++) {
    const { beam } = path;
    if (beam !== undefined) {
      tokens = [...beam.rows.map((at) => row.get(at) as number), beam.token];
      row.set(step, beam.token);
    }
    const read = [...tokens, ...(beam?.drafts ?? [])];
    path.advance(
      (drafts) => {
        const seen = read.slice(0, tokens.length + drafts);
        if (drafts > (beam?.drafts.length ?? 0)) return undefined;
        drafts > 0 && row.set(step + drafts / 100, read[tokens.length + drafts - 1] as number);
        const onOther = seen.length > leftAt && seen[leftAt] === other[leftAt];
        const values = new Float32Array(VOCABULARY).fill(-20);
        values[(onOther ? other : told)[seen.length] ?? stopping.endOfTarget] = -0.01;
        if (seen.length === leftAt) values[other[leftAt] as number] = -1;
        return values;
      },
      (drafts) => step + drafts / 100,
    );
  }
  return path.finished.text;
}

const opening = '@Test\nvoid a() {\n    String[] args = {"x"';

test('leaves a circle within a statement where it was least sure', () => {
  const circle = `${opening}${', "help"'.repeat(60)}};\n}`;
  const nearly = { after: `${opening}, "help", "help`, other: '"};\n    check(args);\n}' };
  expect(written(circle, nearly)).toBe(`${opening}, "help", "help"};\n    check(args);\n}`);
});

test('closes a method whose statements go in a circle after the first of them', () => {
  const start = '@Test\nvoid a() {\n    int b = c();\n';
  const circle = `${start}${'    assertEquals(1, b);\n'.repeat(20)}}`;
  const nearly = { after: `${start}    assertEquals(1, b);\n`, other: '    other();\n}' };
  expect(written(circle, nearly)).toBe(`${start}    assertEquals(1, b);\n}`);
});

test('closes a method that the model ends too early', () => {
  const open = '@Test\nvoid a() {\n    if (b) {\n        c();\n    }';
  expect(written(open, { after: '@Test', other: ' ' })).toBe(`${open}\n}`);
});
