import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export type NodeProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts a script under the Node.js that runs us; inside the editor that is its own executable, told to behave as Node.js. */
export function spawnNode(script: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): NodeProcess {
  return spawn(process.execPath, [script, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: '1' },
  });
}

/** Calls back with every complete line, and with the rest at the end of the stream. */
export function onLines(stream: Readable, hear: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
  stream.on('end', () => {
    if (rest !== '') hear(rest);
  });
}
