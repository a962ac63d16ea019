/** What a log line may tell besides its event: ids, counts and durations. Never source code, tokens or whole requests. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes JSON lines to standard error. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, error: unknown, fields?: LogFields): void;
}

export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const line = (level: string, event: string, fields: LogFields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  return {
    info: (event, fields) => line('info', event, fields),
    warn: (event, fields) => line('warn', event, fields),
    error: (event, error, fields) => line('error', event, { ...fields, ...describe(error) }),
  };
}

/**
 * The kind of an error and where it was thrown. Its message stays out unless it is one of ours, because a library's message may quote
 * what it was working on.
 */
function describe(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const ours = error.name === 'BespokeError';
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((frame) => /^\s+at /.test(frame))
    .slice(0, 6)
    .map((frame) => frame.trim());
  return {
    error: error.name,
    code: (error as NodeJS.ErrnoException).code,
    ...(ours ? { message: error.message } : { at: frames.join(' | ') }),
  };
}
