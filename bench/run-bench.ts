import { spawnSync } from 'node:child_process';

/** Runs another bench in a process of its own, as `npm run bench -- NAME` does, and returns its figures. */
export function runBench(name: string, given: Readonly<Record<string, string>>): unknown {
  const parameters = Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]);
  const args = [process.argv[1] ?? '', name, ...parameters];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`The bench ${name} ended with ${status}.`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
