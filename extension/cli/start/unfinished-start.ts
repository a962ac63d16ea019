import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from '../../client/connection.ts';
import { cancelRun, describeServer, type RunRequest, startRun } from '../../client/personalization.ts';
import type { PersonalizationRun } from '../../client/run.ts';
import { ServerError } from '../../client/server-error.ts';

/** What a start asked the server for. */
interface AskedFor {
  readonly request: RunRequest;
  readonly baseModelSha256: string | undefined;
}

export interface StartedRun {
  readonly run: PersonalizationRun;
  /** Whether an earlier start began it. */
  readonly goesOn: boolean;
}

/** The training of a start that did not come to its end, so that the next one for the same goes on with it. */
export class UnfinishedStart {
  /** @param file where the request is kept until the start has come to its end */
  constructor(private readonly file: string) {}

  /** The run of the last start where that asked for the same, else a new one; a run that nobody wants any more is cancelled. */
  async run(connection: Connection, wanted: Omit<RunRequest, 'requestId'>): Promise<StartedRun> {
    const baseModelSha256 = (await describeServer(connection)).baseModel?.sha256;
    const earlier = this.#read();
    const kept = earlier && (await runOf(connection, earlier.request));
    if (earlier !== undefined && kept !== undefined) {
      const asked = { request: { ...wanted, requestId: earlier.request.requestId }, baseModelSha256 };
      const hasFailed = kept.state === 'failed' || kept.state === 'cancelled';
      if (!hasFailed && sorted(asked) === sorted(earlier)) return { run: kept, goesOn: true };
      await cancelRun(connection, kept.id);
    }
    const request = { ...wanted, requestId: randomUUID() };
    // Before the call: a start that ends in the middle of it finds the run again by the request.
    this.#write({ request, baseModelSha256 });
    return { run: await startRun(connection, request), goesOn: false };
  }

  finished(): void {
    rmSync(this.file, { force: true });
  }

  #read(): AskedFor | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as AskedFor;
    } catch {
      // Not there, or of another version: there is nothing to go on with.
      return undefined;
    }
  }

  #write(asked: AskedFor): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const unfinished = `${this.file}.new`;
    writeFileSync(unfinished, JSON.stringify(asked));
    renameSync(unfinished, this.file);
  }
}

/** The run that a request made, by the same request again; `undefined` when the server has it no longer. */
async function runOf(connection: Connection, request: RunRequest): Promise<PersonalizationRun | undefined> {
  try {
    return await startRun(connection, request);
  } catch (cause) {
    if (cause instanceof ServerError && (cause.kind === 'not-found' || cause.kind === 'refused')) return undefined;
    throw cause;
  }
}

/** JSON with the fields in one order. */
function sorted(asked: AskedFor): string {
  const byName = (_: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value;
  return JSON.stringify(asked, byName);
}
