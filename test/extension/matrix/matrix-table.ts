import type { MatrixResult } from './check-matrix.ts';
import { isMultiModule } from './matrix-case.ts';

export interface MatrixRow {
  readonly id: string;
  readonly result: MatrixResult;
  /** In which the test does not stand as it should. */
  readonly problems: readonly string[];
}

/** One line: how many tests land right and compile, before and after repair. */
export function figuresOf(rows: readonly MatrixRow[]): string {
  const count = (wanted: (row: MatrixRow) => boolean) => rows.filter(wanted).length;
  const right = count(({ problems }) => problems.length === 0);
  // What the framework sees no test in compiles, but is no test: it counts as broken, as it does for repair.
  const compiles = count(({ result }) => result.check.compiles === true);
  const before = count(({ result }) => result.check.compiles === true && result.check.repaired === undefined);
  const meant = count(({ result }) => result.one.lands.outcome === 'compile-error');
  const passes = count(({ result }) => result.check.passes === true);
  return `matrix: ${rows.length} cases; ${right} land right; ${before} compile as placed, ${compiles} after repair (${meant} must not compile); ${passes} pass`;
}

/** The figures and the table of docs/matrix.md. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const lines = rows.map(({ id, result: { one, check }, problems }) => {
    const project = [one.build, isMultiModule(one) ? 'several modules' : 'one module'].join(', ');
    const libraries = [one.framework, ...(one.extras ?? [])].join(', ');
    const repair = check.repaired?.changes.join('; ') ?? '';
    const cells = [
      id,
      project,
      libraries,
      one.java,
      one.about,
      repair,
      check.outcome,
      problems.length === 0 ? 'yes' : 'no',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    figuresOf(rows),
    '',
    '| case | project | libraries | Java | what is special | repaired | result | lands right |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
