/**
 * The probability that a chi-square variable with so many degrees of freedom (a whole number, 1 or more) is at least `value`: the
 * upper regularized incomplete gamma function Q(degreesOfFreedom / 2, value / 2), to about twelve digits however small it is
 * (Abramowitz and Stegun, 26.4.19).
 */
export function chiSquareSurvival(value: number, degreesOfFreedom: number): number {
  const shape = degreesOfFreedom / 2;
  const x = value / 2;
  // Each converges fast on its side, and neither has to subtract a number from 1 that is close to it.
  return x < shape + 1 ? 1 - lowerBySeries(shape, x) : upperByFraction(shape, x);
}

/** A few roundings: the next term changes the sum no more. */
const tolerance = 4 * Number.EPSILON;

/** P(a, x), by the series of Abramowitz and Stegun, 6.5.29. */
function lowerBySeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let step = 1; term > sum * tolerance; step++) {
    term *= x / (shape + step);
    sum += term;
  }
  return sum * commonFactor(shape, x);
}

/** Q(a, x), by the even part of the continued fraction of Abramowitz and Stegun, 6.5.31, evaluated as Lentz does. */
function upperByFraction(shape: number, x: number): number {
  let denominator = x + 1 - shape;
  let ratio = Number.POSITIVE_INFINITY;
  let inverse = 1 / denominator;
  let fraction = inverse;
  for (let step = 1, change = 0; Math.abs(change - 1) > tolerance; step++) {
    const numerator = step * (shape - step);
    denominator += 2;
    inverse = 1 / (denominator + numerator * inverse);
    ratio = denominator + numerator / ratio;
    change = ratio * inverse;
    fraction *= change;
  }
  return fraction * commonFactor(shape, x);
}

/** x^a e^-x / Γ(a). */
function commonFactor(shape: number, x: number): number {
  return Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/** ln Γ of a whole or half number: Γ(a) = (a - 1) Γ(a - 1), down to Γ(1) = 1 or Γ(1/2) = √π. */
function logGamma(shape: number): number {
  let sum = 0;
  let factor = shape - 1;
  for (; factor > 0; factor--) sum += Math.log(factor);
  return factor === 0 ? sum : sum + Math.log(Math.PI) / 2;
}
