import type { HeldOutSplit } from '../../core/splits/split-pairs.ts';
import { noProof, notBetter } from '../errors.ts';
import type { Proof } from '../runs/run.ts';

/**
 * Throws `BespokeError` `not-better` unless the personalized model has a lower loss than the base on the held-out pairs of every split
 * that the run measured. A loss that is not a number never beats anything.
 */
export function refuseUnlessBetter(proofs: readonly Proof[]): void {
  const measured = proofs.filter((proof) => proof.base !== null && proof.personalized !== null);
  if (measured.length === 0) throw noProof();
  for (const { split, base, personalized } of measured) {
    const [baseLoss, personalizedLoss] = [base?.loss ?? Number.NaN, personalized?.loss ?? Number.NaN];
    if (!(personalizedLoss < baseLoss)) throw notBetter(splitInWords[split], baseLoss, personalizedLoss);
  }
}

const splitInWords: Record<HeldOutSplit, string> = {
  'by-pair': 'by pair',
  'by-focal-class': 'by focal class',
};
