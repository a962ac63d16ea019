import { deviationText, type StyleScore, scoreStyle } from '../../core/style/score-style.ts';
import { nameOfTest } from '../check/existing-tests.ts';
import type { Placement } from '../placement/placement.ts';
import type { Focal } from '../workspace/find-focal-method.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';

/** How a written test compares with the tests of the repository. */
export interface Likeness {
  /** The test that it resembles most, with the similarity from 0 to 1; `null` where there is none. */
  readonly resembles: { readonly name: string; readonly similarity: number } | null;
  /** `null` where the house style says nothing about it. */
  readonly style: StyleScore | null;
  /** Why the team's file could not be used for that; `null` where nothing is wrong with it. */
  readonly problem: string | null;
  /** Names of the tests that other candidates for the method repeat: those are not shown. */
  readonly hidden: readonly string[];
}

export async function likenessOf(
  repository: MinedRepository | undefined,
  focal: Focal,
  source: string,
  placement: Placement,
): Promise<Likeness> {
  const nearest = (await repository?.resembling.nearest(source)) ?? null;
  const rules = repository?.teamStyle.rules ?? null;
  const { method: testMethod, text: file, isNewFile } = placement;
  const { focalClass, focalMethod } = focal;
  const test = { testSource: source, testMethod, focalClass, focalMethod, file, isNewFile };
  return {
    resembles: nearest === null ? null : { name: nameOfTest(nearest.pair), similarity: nearest.similarity },
    style: rules === null ? null : scoreStyle(rules, test),
    problem: repository?.teamStyle.problem ?? null,
    hidden: [],
  };
}

/** A few words, for instance `style 86 %, resembles FooTest#bar 71 %`; empty where nothing is known. */
export function likenessNote({ resembles, style, problem, hidden }: Likeness): string {
  return [
    ...(style === null ? [] : [`style ${percent(style.score)}`]),
    ...(problem === null ? [] : ['style not scored']),
    ...(resembles === null ? [] : [`resembles ${resembles.name} ${percent(resembles.similarity)}`]),
    ...(hidden.length === 0 ? [] : [`${hidden.length} hidden`]),
  ].join(', ');
}

/** The same in sentences, with what deviates and why others are hidden; empty where nothing is known. */
export function likenessText({ resembles, style, problem, hidden }: Likeness): string {
  const deviations = (style?.deviations ?? []).map(deviationText).join('; ');
  return [
    ...(resembles === null ? [] : [`Resembles ${resembles.name} (${percent(resembles.similarity)}).`]),
    ...(style === null ? [] : [`House style: ${percent(style.score)}${deviations === '' ? '' : ` (${deviations})`}.`]),
    ...(problem === null ? [] : [problem]),
    ...(hidden.length === 0 ? [] : [`${hidden.length} hidden: repeats ${[...new Set(hidden)].join(', ')}.`]),
  ].join(' ');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
