/**
 * The generator's time that each tenant has used. Who used much less than another goes first, so that a tenant that asks for little hardly
 * notices one that asks for all there is; who used about as much is decoded together, which is the faster way for both.
 */
export class FairShares {
  readonly #usedMs = new Map<string, number>();
  #mostMs = 0;

  /** A request of the tenant comes. Time that a tenant did not use is kept for it, but not for ever. */
  enter(tenantId: string): void {
    const leastMs = this.#mostMs - MOST_CREDIT_MS;
    for (const [known, usedMs] of this.#usedMs) if (usedMs <= leastMs) this.#usedMs.delete(known);
    if (!this.#usedMs.has(tenantId)) this.#usedMs.set(tenantId, Math.max(0, leastMs));
  }

  /** Time that was worked for some requests, by the tenant of each. */
  charge(tenantIds: readonly string[], durationMs: number): void {
    for (const tenantId of tenantIds) {
      const usedMs = this.usedMs(tenantId) + durationMs / tenantIds.length;
      this.#usedMs.set(tenantId, usedMs);
      this.#mostMs = Math.max(this.#mostMs, usedMs);
    }
  }

  /** Which of these tenants are worked for now. */
  due(tenantIds: Iterable<string>): (tenantId: string) => boolean {
    let leastMs = Number.POSITIVE_INFINITY;
    for (const tenantId of tenantIds) leastMs = Math.min(leastMs, this.usedMs(tenantId));
    return (tenantId) => this.usedMs(tenantId) <= leastMs + TOGETHER_MS;
  }

  /** In milliseconds, since some time; only differences mean something. */
  usedMs(tenantId: string): number {
    return this.#usedMs.get(tenantId) ?? Math.max(0, this.#mostMs - MOST_CREDIT_MS);
  }
}

/** About two candidates: whoever comes after a while gets that much before anybody else goes on. */
const MOST_CREDIT_MS = 4000;
/** Tenants whose use differs by less are decoded together. */
const TOGETHER_MS = 1000;
