import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JavaParser, withJavaTree } from '../../../core/java/java-parser.ts';
import { readCompilationUnit } from '../../../core/java/read-compilation-unit.ts';
import type { TestPair } from '../../../core/mining/test-pair.ts';
import type { Fault } from '../../../extension/check/fault.ts';
import { forgetBuilds } from '../../../extension/check/module-builds.ts';
import { Connection } from '../../../extension/client/connection.ts';
import { writeAndCheck } from '../../../extension/features/write-and-check.ts';
import { baseWriter } from '../../../extension/features/writer.ts';
import { checkComparisons } from '../../../extension/proof/check-comparison.ts';
import type { ModelComparison } from '../../../extension/proof/compare-models.ts';
import { bleuOfCandidates } from '../../../extension/proof/score-candidates.ts';
import { findFocalMethod } from '../../../extension/workspace/find-focal-method.ts';
import { type MinedRepository, mineRepository } from '../../../extension/workspace/mine-repository.ts';
import { StandInServer, standInToken } from '../../vscode/stand-in-server.ts';
import { cart, cartWorkspace } from '../check/cart-workspace.ts';
import { checkTestsDir } from '../check/fixture-workspace.ts';

// Only the model is a stand-in: what it says is compiled and run for real.

const testOf = (name: string, body: string) => `@Test\nvoid ${name}() {\n    Cart cart = new Cart();\n    ${body}\n}`;
const existing = testOf('addsOne', 'cart.add(1);\n    assertThat(cart.size()).isEqualTo(1);');
const right = testOf('addsTwo', 'cart.add(2);\n    assertThat(cart.size()).isEqualTo(2);');
const otherRight = testOf('addsFour', 'cart.add(4);\n    assertThat(cart.size()).isEqualTo(4);');
const early = testOf('addsEarly', 'cart.put(2);\n    cart.add(2);\n    assertThat(cart.size()).isEqualTo(2);');
const late = testOf('addsLate', 'cart.add(2);\n    assertThat(cart.total()).isEqualTo(2);');
const wrong = testOf('addsWrong', 'cart.add(2);\n    assertThat(cart.size()).isEqualTo(3);');
const later = testOf('addsLater', 'cart.add(2);\n    assertThat(cart.size()).equalsTo(2);');

const workspaceDir = cartWorkspace('write-and-check', existing.replaceAll('\n', '\n  '));
const harnessDir = join(import.meta.dirname, '../../../extension/check/harness');
let repository: MinedRepository;
beforeAll(async () => {
  repository = await mineRepository(workspaceDir, join(checkTestsDir, 'write-and-check-storage'), { threads: 0 });
});
afterAll(() => forgetBuilds(checkTestsDir, workspaceDir));

describe('in the editor', () => {
  /** Writes for `Cart.add` with a model that says this, and gives the tests' verdicts in the order in which they are offered. */
  async function check(
    candidates: readonly string[],
    rewritten: Readonly<Record<string, readonly string[]>>,
    expected: readonly string[],
    wanted = candidates.length,
  ): Promise<void> {
    const source = readFileSync(join(workspaceDir, cart), 'utf8');
    const parser = await JavaParser.create();
    const unit = withJavaTree(parser, source, readCompilationUnit);
    parser.delete();
    const found = findFocalMethod(cart, source, unit, source.indexOf('void add'));
    if (found.kind === 'none') throw new Error(found.reason);
    const server = await StandInServer.start({ add: candidates }, rewritten);
    const connection = new Connection({ address: server.address, token: standInToken, tls: false });
    const written = await writeAndCheck(
      {
        ...{ path: workspaceDir, trusted: true, check: true, cacheDir: checkTestsDir, harnessDir },
        ...{ serverName: 'the stand-in', candidates: wanted, note: () => {} },
        textOf: async (file) => readFileSync(join(workspaceDir, file), 'utf8'),
        connection: async () => connection,
        writer: async (_, mined) => baseWriter(mined),
      },
      found.focal,
      repository,
      AbortSignal.timeout(300_000),
      () => {},
    ).finally(() => {
      connection.close();
      server.stop();
    });
    const verdict = (useful: boolean | null, compiles: boolean | null) =>
      useful ? 'useful' : compiles ? 'fails' : 'does not compile';
    const seen = written.map(
      ({ candidate, check: result }) =>
        `${/void (\w+)/.exec(candidate.text)?.[1]}: ${verdict(result?.useful ?? null, result?.compiles ?? null)}`,
    );
    expect(seen).toEqual(expected);
  }

  test('the candidate that went right furthest is written anew', () =>
    check([early, late], { [late]: [right], [early]: [otherRight] }, [
      'addsTwo: useful',
      'addsEarly: does not compile',
    ]));

  test('and once more, if that does not compile either', () =>
    check([late], { [late]: [later], [later]: [right] }, ['addsTwo: useful']));

  test('a test that fails is written anew before one that does not compile', () =>
    check([late, wrong], { [late]: [otherRight], [wrong]: [right] }, ['addsTwo: useful', 'addsWrong: fails']));

  test('and is shown with its reason where the model knows nothing else', () =>
    check([wrong], { [wrong]: [] }, ['addsWrong: fails']));

  test('nothing is written anew where one is useful', () =>
    check([right, late], { [late]: [otherRight] }, ['addsTwo: useful', 'addsLate: does not compile']));

  test('a test that repeats one of the repository is written anew', () =>
    check([existing], { [existing]: [existing, right] }, ['addsTwo: useful']));

  test('where the model knows nothing else, what it wrote is shown', () =>
    check([late], {}, ['addsLate: does not compile']));
}, 300_000);

describe('in the proof', () => {
  const measured = { loss: 1, perplexity: 2, targetTokens: 1, pairs: [] };
  const written = (pair: TestPair, texts: readonly string[]) => ({
    texts,
    others: texts.map(() => []),
    bleu: bleuOfCandidates([{ pair, nearest: [], shown: [] }], texts),
    shown: null,
  });

  test('each model writes anew what it wrote, and copy and rename does not', async () => {
    const [pair] = repository.pairs;
    if (pair === undefined) throw new Error('The workspace has no pair.');
    const comparison: ModelComparison = {
      heldOut: {
        ...{ split: 'by-pair', mostCandidateTokens: 100, base: measured, personalized: measured },
        pairs: [{ pair, nearest: [], shown: [] }],
      },
      base: written(pair, [late]),
      personalized: written(pair, [right]),
      nearestCopy: written(pair, ['']),
      nearestRename: written(pair, [later]),
    };
    const asked: [string, Fault][] = [];
    const { comparisons } = await checkComparisons(
      { workspaceDir, trusted: true, cacheDir: checkTestsDir, harnessDir },
      [comparison],
      repository.pairs,
      async (model, _, __, fault) => {
        asked.push([model, fault]);
        return [late, otherRight];
      },
    );
    const start = late.indexOf('cart.total');
    expect(asked).toEqual([['base', { text: late, start, end: start + 'cart.total'.length }]]);
    const [checked] = comparisons;
    const shown = [checked?.base, checked?.personalized, checked?.nearestRename].map((one) => one?.shown?.[0]);
    expect(shown.map((one) => [one?.text, one?.check.compiles])).toEqual([
      [otherRight, true],
      [right, true],
      [later, false],
    ]);
    // What is scored is what was written first.
    expect(checked?.base.texts).toEqual([late]);
  }, 300_000);
});
