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
  /** From 0. No pair is held out for the same split in two folds. */
  readonly fold: number;
  /** Whether the model can write the pair's whole test. One that it cannot says nothing of how well it writes. */
  readonly isWritable: (pair: TestPair) => boolean;
}

/**
 * Where every pair of a corpus belongs. Lists keep the corpus's order; near-identical tests are never in two of them. All that measures
 * is writable; what is trained on need not be.
 */
export interface CorpusSplit {
  readonly train: readonly TestPair[];
  readonly validation: readonly TestPair[];
  readonly heldOut: Readonly<Record<HeldOutSplit, readonly TestPair[]>>;
  /**
   * Tests of held-out classes that are near-identical to a test of another class or too long for the model: neither trained on nor a
   * proof.
   */
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
  const earlier = { 'by-pair': new Set<number>(), 'by-focal-class': new Set<number>() };
  let places: Place[] = [];
  for (let fold = 0; fold <= request.fold; fold++) {
    places = placesInFold(pairs, groupOf, earlier, request);
    for (const [index, place] of places.entries())
      if (place === 'by-pair' || place === 'by-focal-class') earlier[place].add(index);
  }

  const at = (wanted: Place) => pairs.filter((_, index) => places[index] === wanted);
  return {
    train: at('train'),
    validation: at('validation'),
    heldOut: { 'by-pair': at('by-pair'), 'by-focal-class': at('by-focal-class') },
    leftOut: at('left-out'),
  };
}

type Place = HeldOutSplit | 'train' | 'validation' | 'left-out';

/** A single pair says too little about when to stop. */
const MIN_VALIDATION_PAIRS = 2;
/** Validation runs after every epoch, so it is bounded. */
const MAX_VALIDATION_PAIRS = 200;

/** Where each pair belongs, by its index, in the fold after those that held out the `earlier` ones. */
function placesInFold(
  pairs: readonly TestPair[],
  groupOf: readonly number[],
  earlier: Readonly<Record<HeldOutSplit, ReadonlySet<number>>>,
  { heldOutSplits, heldOutPairs, isWritable }: SplitRequest,
): Place[] {
  const places: Place[] = pairs.map(() => 'train');
  const budget = Math.max(0, Math.min(heldOutPairs, Math.floor(pairs.length / 4)));
  const writable = pairs.map(isWritable);
  const measuresOnce = (split: HeldOutSplit) => (index: number) =>
    writable[index] === true && !earlier[split].has(index);
  if (heldOutSplits.includes('by-focal-class'))
    holdOutClasses(pairs, groupOf, places, budget, measuresOnce('by-focal-class'));
  if (heldOutSplits.includes('by-pair')) choose('by-pair', budget, pairs, groupOf, places, measuresOnce('by-pair'));
  const rest = places.filter((place) => place === 'train').length;
  const tenth = Math.ceil(rest / 10);
  const validation = Math.min(MAX_VALIDATION_PAIRS, Math.max(MIN_VALIDATION_PAIRS, tenth));
  choose('validation', validation, pairs, groupOf, places, (index) => writable[index] === true);
  return places;
}

/** Holds out whole classes until the budget is used; a class that does not fit any more is passed over. */
function holdOutClasses(
  pairs: readonly TestPair[],
  groupOf: readonly number[],
  places: Place[],
  budget: number,
  measures: (index: number) => boolean,
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
    const proof = own.filter(measures);
    if (proof.length === 0) continue;
    for (const index of members) places[index] = 'left-out';
    for (const index of proof) places[index] = 'by-focal-class';
    used += proof.length;
  }
}

/** Moves whole groups of near-identical pairs, all of which can measure, from training to `place`, until the budget is used. */
function choose(
  place: Place,
  budget: number,
  pairs: readonly TestPair[],
  groupOf: readonly number[],
  places: Place[],
  measures: (index: number) => boolean,
): void {
  const free = [...pairs.keys()].filter((index) => places[index] === 'train');
  const groups = collect(
    groupOf.map((group) => pairs[group]?.id ?? ''),
    free,
  );
  let used = 0;
  for (const [, members] of inRankOrder(place, groups)) {
    if (used + members.length > budget) continue;
    if (!members.every(measures)) continue;
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
