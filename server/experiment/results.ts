import { type AutoJudgement, autoOnAverageTable, autoTable, judgeAuto } from './auto-judgement.ts';
import { blockChangesOf, blockChangeTable, type VariantBlockChanges } from './block-change.ts';
import { type Cost, costsOf, costTable } from './cost.ts';
import type { Figure } from './figures/figure.ts';
import { layerFigures } from './figures/layer-figures.ts';
import { likenessFigures, qualityFigures, type sliceName } from './figures/slice-figures.ts';
import { blockChangeFigure, learningCurveFigure, lossFigures, tellyFigure } from './figures/training-figures.ts';
import { layersOf, layerTables, type VariantLayers } from './layers.ts';
import { type CurvePoint, curveRuns, learningCurveOf, learningCurveTable } from './learning-curve.ts';
import { type Likeness, likenessOf, likenessTables } from './likeness.ts';
import { overviewTable, type Quality, qualityOf, qualityTables } from './quality.ts';
import type { FinishedRun } from './run-record.ts';
import { runName } from './run-setting.ts';
import { mainRuns, slicesOf, withMostPairs } from './slice.ts';
import type { Table } from './table.ts';
import { type SweepPoint, tellySweepOf, tellySweepTable } from './telly-sweep.ts';

/** Everything that the records of an experiment show. The same records give the same results. */
export interface Results {
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  /** The figures behind tables and drawings, for programs. */
  readonly summary: ResultsSummary;
}

export interface ResultsSummary {
  readonly runs: readonly string[];
  readonly quality: readonly Quality[];
  readonly likeness: readonly Likeness[];
  readonly cost: readonly Cost[];
  readonly blockChanges: readonly VariantBlockChanges[];
  readonly tellySweep: readonly SweepPoint[];
  readonly learningCurve: readonly CurvePoint[];
  readonly layers: readonly VariantLayers[];
  readonly auto: readonly AutoJudgement[];
}

export function resultsOf(runs: readonly FinishedRun[]): Results {
  const main = mainRuns(runs);
  const slices = slicesOf(main);
  const quality = slices.map(qualityOf);
  const likeness = slices.map(likenessOf);
  const cost = costsOf(main);
  const blockChanges = blockChangesOf(main);
  const tellySweep = tellySweepOf(withMostPairs(runs));
  const learningCurve = learningCurveOf(runs);
  const layers = layersOf(withMostPairs(runs));
  const auto = judgeAuto(main);
  const namesOf = (of: readonly FinishedRun[]) => of.map(({ record }) => runName(record));
  const withInput = (nearestTests: number) => main.filter(({ record }) => record.nearestTests === nearestTests);
  return {
    summary: { runs: namesOf(runs), quality, likeness, cost, blockChanges, tellySweep, learningCurve, layers, auto },
    tables: [
      overviewTable(quality),
      ...quality.flatMap((one) => qualityTables(one, sliceTitle(one))),
      ...likeness.flatMap((one) => likenessTables(one, sliceTitle(one))),
      ...cost.map((one) => costTable(one, inputTitle(one))),
      blockChangeTable(blockChanges),
      tellySweepTable(tellySweep),
      learningCurveTable(learningCurve),
      ...layerTables(layers),
      autoTable(auto),
      autoOnAverageTable(auto),
    ].filter(({ rows }) => rows.length > 0),
    figures: [
      ...quality.flatMap((one) => qualityFigures(one, sliceTitle(one), namesOf(withInput(one.nearestTests)))),
      ...likeness.flatMap((one) => likenessFigures(one, sliceTitle(one), namesOf(withInput(one.nearestTests)))),
      ...cost.flatMap((one) =>
        lossFigures(withInput(one.nearestTests), inputTitle(one), `loss-against-compute.nearest-${one.nearestTests}`),
      ),
      ...(blockChanges.length === 0
        ? []
        : [blockChangeFigure(blockChanges, namesOf(main.filter(({ record }) => record.blockChanges.length > 0)))]),
      ...(tellySweep.length === 0
        ? []
        : [tellyFigure(tellySweep, namesOf(runs.filter(({ record }) => record.frozenBlocks !== null)))]),
      ...layerFigures(layers, namesOf(withMostPairs(runs).filter(({ record }) => (record.layers ?? null) !== null))),
      ...(learningCurve.length === 0 ? [] : [learningCurveFigure(learningCurve, namesOf(curveRuns(runs)))]),
    ],
  };
}

const inputTitle = ({ nearestTests }: { readonly nearestTests: number }) =>
  nearestTests === 0 ? 'without nearest tests in the input (as the papers)' : 'with nearest tests in the input';

const sliceTitle = (slice: Parameters<typeof sliceName>[0]) => {
  const split = slice.split === 'by-pair' ? 'held out by pair (as the papers)' : 'held out by focal class';
  return `${split}, ${inputTitle(slice)}`;
};
