import { createHash } from 'node:crypto';
import type { TestPair } from '../mining/test-pair.ts';
import { nearIdenticalGroups } from './near-identical.ts';

/**
 * How pairs are held out as the proof of the gain: at random, comparable with paper P, or by whole focal classes, so that no sibling
 * test of a held-out pair is trained on.
 */
export type HeldOutSplit = 'by-pair' | 'by-focal-class';

export const heldOutSplits: readonly HeldOutSplit[] = ['by-focal-class', 'by-pair'];

/** What to hold out. */
export interface SplitRequest {
  readonly heldOutSplits: readonly HeldOutSplit[];
  /** Most pairs to hold out for each split; at most a quarter of all pairs is, for each. */
  readonly heldOutPairs: number;
}

/** Where every pair of a corpus belongs. Lists keep the corpus's order; near-identical tests are never in two of them. */
export interface CorpusSplit {
  readonly train: readonly TestPair[];
  readonly validation: readonly TestPair[];
  readonly heldOut: Readonly<Record<HeldOutSplit, readonly TestPair[]>>;
  /** Tests of held-out classes that are near-identical to a test of another class: neither trained on nor a proof. */
  readonly leftOut: readonly TestPair[];
}

/**
 * Splits a corpus: first whole focal classes, then pairs at random among the classes that are left, then a tenth of the rest for
 * validation. Choices follow hashes of the pairs, so the same corpus always gives the same split and a corpus with a few more pairs
 * nearly the same.
 */
export function splitPairs(corpus: readonly TestPair[], request: SplitRequest): CorpusSplit {
  const pairs = [...new Map(corpus.map((pair) => [pair.id, pair])).values()];
  const groupOf = nearIdenticalGroups(pairs);
  const places: (Place | undefined)[] = pairs.map(() => undefined);
  const budget = Math.max(0, Math.min(request.heldOutPairs, Math.floor(pairs.length / 4)));

  if (request.heldOutSplits.includes('by-focal-class')) holdOutClasses(pairs, groupOf, places, budget);
  if (request.heldOutSplits.includes('by-pair')) choose('by-pair', budget, pairs, groupOf, places);
  const rest = places.filter((place) => place === undefined).length;
  const tenth = Math.ceil(rest / 10);
  choose('validation', Math.min(MAX_VALIDATION_PAIRS, Math.max(MIN_VALIDATION_PAIRS, tenth)), pairs, groupOf, places);

  const at = (wanted: Place | undefined) => pairs.filter((_, index) => places[index] === wanted);
  return {
    train: at(undefined),
    validation: at('validation'),
    heldOut: { 'by-pair': at('by-pair'), 'by-focal-class': at('by-focal-class') },
    leftOut: at('left-out'),
  };
}

type Place = HeldOutSplit | 'validation' | 'left-out';

/** A single pair says too little about when to stop. */
const MIN_VALIDATION_PAIRS = 2;
/** Validation runs after every epoch, so it is bounded. */
const MAX_VALIDATION_PAIRS = 200;

/** Holds out whole classes until the budget is used; a class that does not fit any more is passed over. */
function holdOutClasses(
  pairs: readonly TestPair[],
  groupOf: readonly number[],
  places: (Place | undefined)[],
  budget: number,
): void {
  const classOf = pairs.map((pair) => `${pair.focalFile}#${pair.focalClass}`);
  const classesOfGroup = new Map<number, Set<string>>();
  groupOf.forEach((group, index) => {
    classesOfGroup.set(group, (classesOfGroup.get(group) ?? new Set()).add(classOf[index] ?? ''));
  });
  const classes = collect(classOf, [...pairs.keys()]);
  let used = 0;
  for (const [, members] of inRankOrder('by-focal-class', classes)) {
    const own = members.filter((index) => classesOfGroup.get(groupOf[index] ?? index)?.size === 1);
    // A class whose tests are mostly copies of other classes' tests would be lost for training and prove little.
    if (own.length * 2 < members.length || used + own.length > budget) continue;
    for (const index of members) places[index] = 'left-out';
    for (const index of own) places[index] = 'by-focal-class';
    used += own.length;
  }
}

/** Moves whole groups of near-identical pairs that have no place yet to `place`, until the budget is used. */
function choose(
  place: Place,
  budget: number,
  pairs: readonly TestPair[],
  groupOf: readonly number[],
  places: (Place | undefined)[],
): void {
  const free = [...pairs.keys()].filter((index) => places[index] === undefined);
  const groups = collect(
    groupOf.map((group) => pairs[group]?.id ?? ''),
    free,
  );
  let used = 0;
  for (const [, members] of inRankOrder(place, groups)) {
    if (used + members.length > budget) continue;
    for (const index of members) places[index] = place;
    used += members.length;
  }
}

function collect(keys: readonly string[], indexes: readonly number[]): Map<string, number[]> {
  const collected = new Map<string, number[]>();
  for (const index of indexes) {
    const key = keys[index] ?? '';
    const members = collected.get(key);
    if (members === undefined) collected.set(key, [index]);
    else members.push(index);
  }
  return collected;
}

/** An order that looks random but depends on nothing but the keys and the salt. */
function inRankOrder(salt: string, groups: ReadonlyMap<string, number[]>): [string, number[]][] {
  const rank = (key: string) => createHash('sha256').update(`${salt}\n${key}`).digest('hex');
  return [...groups]
    .map((entry) => ({ entry, rank: rank(entry[0]) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ entry }) => entry);
}
