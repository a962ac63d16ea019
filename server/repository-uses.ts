import { notFound } from './errors.ts';

/** Something that reads or writes what the server keeps about a repository. */
export interface Use {
  /** Aborts when the repository is erased. */
  readonly signal: AbortSignal;
  /** To be called however the use ends. */
  end(): void;
}

/**
 * Who uses a repository at this moment. Erasing it ends them first: an upload would bring back files that a receipt says are gone, and an
 * export keeps an erased file on the disk for as long as it reads.
 */
export class RepositoryUses {
  readonly #uses = new Map<string, Set<{ readonly controller: AbortController; readonly ended: Promise<void> }>>();
  readonly #erased = new Set<string>();

  /** Throws `BespokeError` `not-found` when the repository is being erased. */
  begin(repositoryId: string): Use {
    if (this.#erased.has(repositoryId)) throw notFound('A repository with this name');
    const controller = new AbortController();
    let settle = () => {};
    const ended = new Promise<void>((done) => {
      settle = done;
    });
    const use = { controller, ended };
    const uses = this.#uses.get(repositoryId) ?? new Set();
    this.#uses.set(repositoryId, uses.add(use));
    return {
      signal: controller.signal,
      end: () => {
        uses.delete(use);
        if (uses.size === 0) this.#uses.delete(repositoryId);
        settle();
      },
    };
  }

  /** Ends all uses and waits for them; there will be no other, because ids are given once. */
  async endAll(repositoryId: string): Promise<void> {
    this.#erased.add(repositoryId);
    const uses = [...(this.#uses.get(repositoryId) ?? [])];
    for (const { controller } of uses) controller.abort();
    await Promise.all(uses.map(({ ended }) => ended));
  }
}

/** What a client sends, until the repository is erased: then it ends with `BespokeError` `not-found`, also while nothing comes. */
export async function* untilErased<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = messages[Symbol.asyncIterator]();
  const erased = new Promise<never>((_, refuse) => {
    const stop = () => refuse(notFound('A repository with this name'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  erased.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), erased]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    void iterator.return?.().catch(() => {});
  }
}
