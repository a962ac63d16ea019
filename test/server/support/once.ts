import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';

/** Makes something that several test processes want, once: the others wait until `product` is there. */
export async function once(product: string, make: () => Promise<void> | void): Promise<string> {
  if (existsSync(product)) return product;
  mkdirSync(dirname(product), { recursive: true });
  const unlock = await lock(dirname(product), {
    lockfilePath: `${product}.lock`,
    stale: 120_000,
    retries: { retries: 600, minTimeout: 200, maxTimeout: 200 },
  });
  try {
    if (!existsSync(product)) await make();
  } finally {
    await unlock();
  }
  return product;
}
