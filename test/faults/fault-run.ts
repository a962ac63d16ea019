import { writeFileSync } from 'node:fs';

/** How a test of faults runs: shortly, as a part of `npm test`, or as long as `npm run faults -- NAME` wants it. */
export interface FaultRun {
  readonly isLong: boolean;
  /** For the test: other settings of a test file would hold for the long run too. */
  readonly timeoutMs: number;
  /** The number of faults for this kind of run. */
  amount(short: number, long: number): number;
  /** Hands over what a long run found, one object for each name. */
  report(figures: Readonly<Record<string, number>>): void;
}

/** The run of the faults with this name. `scripts/faults.mjs` asks for a long one by naming a file for its figures. */
export function faultRun(name: string): FaultRun {
  const asked = process.env.BESPOKE_FAULTS === name ? process.env.BESPOKE_FAULTS_REPORT : undefined;
  const part = Number(process.env.BESPOKE_FAULTS_PART ?? 1);
  return {
    isLong: asked !== undefined,
    timeoutMs: asked === undefined ? 180_000 : 3_600_000,
    amount: (short, long) => (asked === undefined ? short : Math.max(short, Math.round(long * part))),
    report: (figures) => {
      if (asked !== undefined) writeFileSync(asked, JSON.stringify(figures));
    },
  };
}
