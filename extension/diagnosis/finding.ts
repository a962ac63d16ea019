/** What a diagnosis found out about one thing. */
export interface Finding {
  readonly subject: string;
  readonly state: 'fine' | 'problem' | 'not-checked';
  /** One sentence; of a problem, the cause and the one thing to do. */
  readonly text: string;
}

/** One thing to look at. */
export interface Check {
  readonly subject: string;
  /** Whether it starts no process and sends no byte, so that Restricted Mode allows it. */
  readonly onlyReads: boolean;
  /** Says what is fine, or throws the sentence of the problem. */
  readonly look: () => Promise<string> | string;
}

/** Looks at one thing after the other. What comes after a problem is not looked at, because it needs what went wrong. */
export async function runChecks(
  checks: readonly Check[],
  options: { readonly trusted: boolean; readonly signal: AbortSignal; readonly onCheck: (subject: string) => void },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let failed: string | undefined;
  for (const { subject, onlyReads, look } of checks) {
    options.signal.throwIfAborted();
    if (failed !== undefined) {
      findings.push({ subject, state: 'not-checked', text: `${failed} comes first.` });
    } else if (!options.trusted && !onlyReads) {
      findings.push({ subject, state: 'not-checked', text: 'In Restricted Mode nothing is started or sent.' });
    } else {
      options.onCheck(subject);
      try {
        findings.push({ subject, state: 'fine', text: await look() });
      } catch (cause) {
        options.signal.throwIfAborted();
        findings.push({ subject, state: 'problem', text: cause instanceof Error ? cause.message : String(cause) });
        failed = subject;
      }
    }
  }
  return findings;
}
