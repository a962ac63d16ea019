import type { TestPair } from '../../core/mining/test-pair.ts';
import { Turns } from '../../core/mining/turns.ts';
import { type FoundSecret, secretsInPair } from '../../core/secrets/secrets-in-pair.ts';

/** A pair that is kept back, and why. */
export interface PairWithSecret extends TestPair {
  /** At least one. */
  readonly secrets: readonly FoundSecret[];
}

/**
 * Parts pairs whose text holds what looks like a real credential from the others. Such a pair is not sent: a masked one would teach the
 * mask, and an unmasked one could come back out of the model. Others have their turn in between: there may be thousands.
 */
export async function withoutSecrets(
  pairs: readonly TestPair[],
): Promise<{ clean: TestPair[]; withSecret: PairWithSecret[] }> {
  const turns = new Turns();
  const clean: TestPair[] = [];
  const withSecret: PairWithSecret[] = [];
  for (const pair of pairs) {
    const secrets = secretsInPair(pair);
    if (secrets.length === 0) clean.push(pair);
    else withSecret.push({ ...pair, secrets });
    await turns.pass();
  }
  return { clean, withSecret };
}
