import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import { forgetBuilds } from '../../../extension/check/module-builds.ts';
import { placeAndCheck } from '../../../extension/features/place-candidates.ts';
import { readWorkspaceIndex } from '../../../extension/placement/workspace-index.ts';
import { findFocalMethod } from '../../../extension/workspace/find-focal-method.ts';
import { mineRepository } from '../../../extension/workspace/mine-repository.ts';
import { cart, cartWorkspace } from '../check/cart-workspace.ts';
import { checkTestsDir } from '../check/fixture-workspace.ts';

const existing = `@Test
  void add_one_thenHoldsOne() {
    Cart subject = new Cart();
    subject.add(1);
    assertThat(subject.size()).isEqualTo(1);
  }`;
const workspace = cartWorkspace(
  'likeness',
  `${existing}

  // No pair: nothing says which method it tests.
  @Test
  void unclear() {
    assertThat(new Cart()).hasToString(new Cart().toString().replace("x", "y"));
  }`,
  {
    'bespoke-house-style.json': JSON.stringify({
      naming: ['method_state_expectation'],
      fixtures: ['object under test called `subject`'],
    }),
  },
);
afterAll(() => forgetBuilds(checkTestsDir, workspace));

const written = [
  // Equally useful, and less like the team's tests.
  '@Test void addsTwo() { Cart cart = new Cart(); cart.add(2); assertThat(cart.size()).isEqualTo(2); }',
  existing.replace('add_one_thenHoldsOne', 'add_again_thenHoldsOne'),
  '@Test void add_two_thenHoldsTwo() { Cart subject = new Cart(); subject.add(2); assertThat(subject.size()).isEqualTo(2); }',
  '@Test void add_unclear() { assertThat(new Cart()).hasToString(new Cart().toString().replace("x", "y")); }',
  '@Test void add_nothing_thenProvesLittle() { Cart subject = new Cart(); subject.add(0); assertThat(subject.size()).isZero(); }',
];

test('hides what repeats a test, and of equally good ones offers the one of the house style first', async () => {
  const repository = await mineRepository(workspace, join(checkTestsDir, 'likeness-storage'));
  const source = readFileSync(join(workspace, cart), 'utf8');
  const parser = await JavaParser.create();
  const unit = withJavaTree(parser, source, readCompilationUnit);
  parser.delete();
  const found = findFocalMethod(cart, source, unit, source.indexOf('void add'));
  if (found.kind === 'none') throw new Error(found.reason);
  const { tests: placed } = await placeAndCheck(
    {
      path: workspace,
      trusted: true,
      check: true,
      cacheDir: checkTestsDir,
      harnessDir: join(import.meta.dirname, '../../../extension/check/harness'),
      textOf: async (file) => readFileSync(join(workspace, file), 'utf8'),
    },
    await readWorkspaceIndex(workspace),
    found.focal,
    written.map((text, rank) => ({ rank, text, logProbability: -rank, tokens: 1, complete: true })),
    repository,
    AbortSignal.timeout(300_000),
    () => {},
  );
  const shown = placed.map(({ candidate: { rank }, check, likeness: { style } }) => [
    rank,
    check?.useful,
    style?.score,
  ]);
  expect(shown, JSON.stringify(placed.map(({ check }) => check?.reasons))).toEqual([
    [2, true, 1],
    [0, true, 0],
    [4, false, 1],
  ]);
  for (const { likeness } of placed) {
    expect(likeness.hidden).toEqual(['CartTest#add_one_thenHoldsOne', 'CartTest#unclear']);
    expect(likeness.resembles?.name).toBe('CartTest#add_one_thenHoldsOne');
  }
}, 300_000);
