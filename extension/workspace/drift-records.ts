import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DriftRecord } from '../proof/drift.ts';

/** Drift records on disk, one file for each repository or module, so that the series outlives the window. */
export class DriftRecords {
  readonly #storage: string;

  constructor(storage: string) {
    this.#storage = storage;
  }

  of(repositoryId: string): DriftRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#fileOf(repositoryId), 'utf8')) as DriftRecord;
    } catch {
      // There is none, or its writing was interrupted: the next personalization begins a new one.
      return undefined;
    }
  }

  /** Whether there is one of anything. */
  any(): boolean {
    return existsSync(this.#storage) && readdirSync(this.#storage).some((name) => name.startsWith('drift-'));
  }

  keep(repositoryId: string, record: DriftRecord): void {
    mkdirSync(this.#storage, { recursive: true });
    writeFileSync(this.#fileOf(repositoryId), JSON.stringify(record));
  }

  forget(repositoryId: string): void {
    rmSync(this.#fileOf(repositoryId), { force: true });
  }

  #fileOf(repositoryId: string): string {
    return join(this.#storage, `drift-${repositoryId}.json`);
  }
}
