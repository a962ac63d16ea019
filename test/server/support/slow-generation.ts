import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './places.ts';

/** The embedded base model: a tiny one has written everything before something can happen to it. */
export const embeddedBase = join(home, 'base-model', 'smollm2-135m-tests');

/** A method that the embedded base model writes a long test for. */
export const example = {
  focalClass: 'Basket',
  focalMethod: 'size',
  focalContext: {
    method: 'public int size() {\n    return items.size();\n}',
    classDeclaration: 'public class Basket implements Iterable<Item>',
    constructors: ['public Basket()'],
    methods: ['public void add(Item item, int count)', 'public Money total()'],
    fields: [],
    relatedTypes: [],
  },
  nearestTests: [],
};

/** What a process has computed, in hundredths of a second: tells who is at work. */
export function cpuTicks(pid: number): number {
  const [user = 0, system = 0] =
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return user + system;
}

/** A process, seen from outside whatever namespace it is in. */
export interface SeenProcess {
  readonly pid: number;
  /** Two nodes of Ray have two. */
  readonly namespace: string;
}

/** Generation workers whose folder is in a folder. */
export function workersIn(folder: string): SeenProcess[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
    .flatMap((pid) => {
      try {
        const [program = '', script = '', own = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        const isWorker = program.endsWith('node') && script.endsWith('generation-host.js') && own.startsWith(folder);
        return isWorker ? [{ pid, namespace: readlinkSync(`/proc/${pid}/ns/pid`) }] : [];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}
