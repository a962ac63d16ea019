import { createHash } from 'node:crypto';

/** A number from 0 to below 1 that looks random but depends on nothing but the seed and the key. */
export function seededFraction(seed: number, key: string): number {
  return createHash('sha256').update(`${seed}\n${key}`).digest().readUInt32BE(0) / 2 ** 32;
}
