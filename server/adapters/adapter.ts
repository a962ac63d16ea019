import type { Strategy } from '../runs/strategy.ts';

/** The saved result of a run. */
export interface Adapter {
  readonly id: string;
  readonly repositoryId: string;
  /** The name that the client gave. */
  readonly repository: string;
  readonly runId: string;
  readonly strategy: Strategy;
  /** Whether generation uses it. */
  readonly active: boolean;
  /** Bytes on disk. */
  readonly bytes: number;
  readonly trainedParameters: number;
  readonly createdMs: number;
  readonly baseModelSha256: string;
  /** Commit that its pairs were mined at; empty when not known. */
  readonly commit: string;
}
