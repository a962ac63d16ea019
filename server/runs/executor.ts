/** Works on queued runs until they have ended. */
export interface Executor {
  /** Takes up again what a server that died left behind, then works on the queue. */
  start(): Promise<void>;
  /** Says that a run was queued. */
  wake(): void;
  /** Ends a run that a user cancelled; settles when no process works on it any more. */
  cancel(runId: string): Promise<void>;
  /** Stops working. Runs that have not ended stay in the ledger and go on at the next start. */
  stop(): Promise<void>;
}
