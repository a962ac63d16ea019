import { join } from 'node:path';
import { JavaParser } from '../core/java/java-parser.ts';
import { checkCandidates } from '../extension/check/check-candidates.ts';
import { type CheckResult, rank } from '../extension/check/check-result.ts';
import { existingTestsOf } from '../extension/check/existing-tests.ts';
import type { PersonalizedRepository } from '../extension/cli/start/personalize-repository.ts';
import type { Connection } from '../extension/client/connection.ts';
import { placeTest } from '../extension/placement/place-test.ts';
import { readWorkspaceIndex } from '../extension/placement/workspace-index.ts';
import { type HeldOutPair, heldOutSets } from '../extension/proof/held-out-set.ts';
import { CANDIDATES_SHOWN, writeCandidates } from '../extension/proof/write-candidates.ts';
import type { MinedRepository } from '../extension/workspace/mine-repository.ts';
import { root } from '../test/server/support/places.ts';
import { percentile } from './percentile.ts';

/** From the request to the check's result for all candidates, one method after the other. */
export interface TestTimes {
  /** The model is loaded and the module built for the first. */
  readonly firstSeconds: number;
  /** Of the others. */
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  /** Methods, and those with a candidate that compiles, and that is useful. */
  readonly methods: number;
  readonly compiling: number;
  readonly useful: number;
}

/** Has the personalized model write tests for methods whose tests it never saw, as the editor asks, and checks them. */
export async function timesOfTests(given: {
  readonly connection: Connection;
  readonly repository: MinedRepository;
  readonly personalized: PersonalizedRepository;
  readonly work: string;
  readonly tests: number;
}): Promise<TestTimes> {
  const { connection, repository, personalized, work, tests } = given;
  const [set] = await heldOutSets(personalized.run, repository.clean);
  if (set === undefined) throw new Error('The run held out no pairs.');
  const writer = { connection, repository: repository.identity.id, candidates: CANDIDATES_SHOWN };
  const model = { kind: 'adapter', adapterId: personalized.adapter.id } as const;
  const index = await readWorkspaceIndex(repository.path);
  const parser = await JavaParser.create();
  const came: (CheckResult | undefined)[] = [];
  const once = async (wanted: HeldOutPair): Promise<number> => {
    const { pair } = wanted;
    const startedMs = performance.now();
    const [texts = []] = await writeCandidates(writer, model, {
      pairs: [wanted],
      mostCandidateTokens: set.mostCandidateTokens,
    });
    const report = await checkCandidates({
      ...{ workspaceDir: repository.path, trusted: true, cacheDir: join(work, 'check') },
      harnessDir: join(root, 'extension', 'check', 'harness'),
      existingTests: existingTestsOf(repository.pairs.filter(({ id }) => id !== pair.id)),
      candidates: texts.map((source, at) => ({
        ...{ id: `${at}`, source, focal: { className: pair.focalClass, method: pair.focalMethod } },
        placement: placeTest(parser, index, {
          ...{ focalFile: pair.focalFile, focalMethod: pair.focalMethod },
          ...{ candidate: source, preferredTestFile: pair.testFile },
        }),
      })),
    });
    const seconds = (performance.now() - startedMs) / 1000;
    const [best] = rank(report.results, (result) => ({ result, score: 0 }));
    came.push(best);
    return seconds;
  };
  try {
    const times: number[] = [];
    for (const wanted of set.pairs.slice(0, tests)) times.push(await once(wanted));
    const [firstSeconds = Number.NaN, ...others] = times;
    return {
      firstSeconds,
      medianSeconds: percentile(others, 0.5) ?? Number.NaN,
      p95Seconds: percentile(others, 0.95) ?? Number.NaN,
      methods: came.length,
      compiling: came.filter((best) => best?.compiles === true).length,
      useful: came.filter((best) => best?.useful === true).length,
    };
  } finally {
    parser.delete();
  }
}
