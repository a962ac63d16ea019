import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that answers each JSON line on its standard input with one on its standard output. */
export interface LineProcess {
  /** What it said when it was ready. */
  readonly ready: unknown;
  ask(question: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts the program; rejects when it ends before it is ready. Its errors are shown. */
export async function startLineProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command} ${args[0] ?? ''} ended early.`);
    return JSON.parse(value);
  };
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  return {
    ready: await next(),
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return next();
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  } satisfies LineProcess;
}
