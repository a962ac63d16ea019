import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { CheckLimits } from './limits.ts';

const intervalMs = 200;
const pageBytes = 4096;

/**
 * Looks now and then at what a process and all that it started use, and tells once when that is too much: a limit of the system holds for
 * each process alone, and for root not at all. Returns what ends the watch.
 */
export function watchUse(
  pid: number | undefined,
  { memoryMegabytes, tasks }: Pick<CheckLimits, 'memoryMegabytes' | 'tasks'>,
  onExcess: (what: string) => void,
): () => void {
  if (pid === undefined || !existsSync('/proc/self/statm')) return () => {};
  const timer = setInterval(() => {
    const use = useOf(pid, tasks);
    if (use.tasks > tasks) onExcess(`started more than ${tasks} processes and threads`);
    else if (use.bytes > memoryMegabytes * 1024 ** 2) onExcess(`used more than ${memoryMegabytes} MB of memory`);
    else return;
    clearInterval(timer);
  }, intervalMs);
  return () => clearInterval(timer);
}

/** Stops counting when there are more tasks than `most`. */
function useOf(root: number, most: number): { readonly tasks: number; readonly bytes: number } {
  let [tasks, bytes] = [0, 0];
  const waiting = [String(root)];
  for (let pid = waiting.pop(); pid !== undefined && tasks <= most; pid = waiting.pop()) {
    try {
      const threads = readdirSync(`/proc/${pid}/task`);
      tasks += threads.length;
      bytes += Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1] ?? 0) * pageBytes;
      for (const thread of threads.slice(0, most)) {
        const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
        if (children !== '') waiting.push(...children.split(' '));
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return { tasks, bytes };
}
