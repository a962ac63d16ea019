/**
 * Places that tenants share: whoever holds the fewest gets the next one, and of those who hold as many, whoever waits longest. Whoever holds
 * none does not wait for somebody else's to become free: there are as many more for the first of each tenant.
 */
export class FairQueue {
  readonly #waiting: Waiting[] = [];
  readonly #held = new Map<string, number>();
  #taken = 0;

  constructor(private readonly places: number) {}

  /** Who waits. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Settles with what gives the place back, or with `undefined` when `signal` aborts first. */
  async enter(tenantId: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    const hasEntered = await new Promise<boolean>((settle) => {
      const waiting = { tenantId, enter: () => settle(true) };
      this.#waiting.push(waiting);
      const leave = () => {
        const at = this.#waiting.indexOf(waiting);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        settle(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#next();
    });
    return hasEntered ? () => this.#leave(tenantId) : undefined;
  }

  #next(): void {
    let best: Waiting | undefined;
    for (const one of this.#waiting)
      if (best === undefined || this.#heldBy(one.tenantId) < this.#heldBy(best.tenantId)) best = one;
    if (best === undefined) return;
    const most = this.#heldBy(best.tenantId) === 0 ? 2 * this.places : this.places;
    if (this.#taken >= most) return;
    this.#waiting.splice(this.#waiting.indexOf(best), 1);
    this.#taken += 1;
    this.#held.set(best.tenantId, this.#heldBy(best.tenantId) + 1);
    best.enter();
  }

  #leave(tenantId: string): void {
    const held = this.#heldBy(tenantId) - 1;
    if (held > 0) this.#held.set(tenantId, held);
    else this.#held.delete(tenantId);
    this.#taken -= 1;
    this.#next();
  }

  #heldBy(tenantId: string): number {
    return this.#held.get(tenantId) ?? 0;
  }
}

interface Waiting {
  readonly tenantId: string;
  readonly enter: () => void;
}
