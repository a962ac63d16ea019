import { expect, test } from 'vitest';
import { FairShares } from '../../../server/generation/fair-shares.ts';

/** Tenants that always have as many requests as is said, one unit of time for each step of all that are due. */
function shareOut(tenants: Readonly<Record<string, number>>, steps: number): Record<string, number> {
  const shares = new FairShares();
  const worked: Record<string, number> = {};
  for (const tenant of Object.keys(tenants)) shares.enter(tenant);
  for (let step = 0; step < steps; step++) {
    const isDue = shares.due(Object.keys(tenants));
    const requests = Object.entries(tenants).flatMap(([tenant, count]) =>
      isDue(tenant) ? Array.from({ length: count }, () => tenant) : [],
    );
    shares.charge(requests, 10 * requests.length);
    for (const tenant of requests) worked[tenant] = (worked[tenant] ?? 0) + 10;
  }
  return worked;
}

test('whoever asks for more gets no more than who asks for as much as it can use', () => {
  const { modest = 0, noisy = 0 } = shareOut({ modest: 1, noisy: 7 }, 10_000);
  expect(noisy / modest).toBeGreaterThan(0.95);
  expect(noisy / modest).toBeLessThan(1.05);
});

test('tenants that use as much are worked for together', () => {
  const shares = new FairShares();
  for (const tenant of ['a', 'b', 'c']) shares.enter(tenant);
  shares.charge(['a', 'b', 'c', 'a'], 400);
  const isDue = shares.due(['a', 'b', 'c']);
  expect(['a', 'b', 'c'].filter(isDue)).toEqual(['a', 'b', 'c']);
});

test('whoever comes back goes first for a while, and not for as long as it was away', () => {
  const shares = new FairShares();
  shares.enter('noisy');
  shares.charge(['noisy'], 1_000_000);
  shares.enter('back');
  let aloneMs = 0;
  while (!shares.due(['noisy', 'back'])('noisy')) {
    shares.charge(['back'], 10);
    aloneMs += 10;
  }
  expect(aloneMs).toBeGreaterThan(1000);
  expect(aloneMs).toBeLessThan(5000);
});
