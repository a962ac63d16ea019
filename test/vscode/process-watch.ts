import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process and those that it started did while they were watched. */
export interface Watched {
  /**
   * Command lines of the processes that were there at any look and not at the first; of one that was only seen when it had ended, its
   * program's name in brackets, as `ps` writes it.
   */
  readonly started: readonly string[];
  /** `tcp 10.0.0.1:443`, for every socket with a far end that was there at any look and not at the first. */
  readonly connections: readonly string[];
  /**
   * Page faults of children that ended, as the kernel adds them up for the process itself: a child that came and went between two looks
   * leaves its share here.
   */
  readonly faultsOfEndedChildren: number;
}

/** Looks at a process tree in `/proc` again and again, because what is of interest may be there for a moment only. */
export class ProcessWatch {
  readonly #root: number;
  readonly #timer: NodeJS.Timeout;
  readonly #known: Look;
  readonly #faultsBefore: number;
  readonly #started = new Map<number, string>();
  readonly #connections = new Set<string>();

  constructor(root: number, everyMs: number) {
    this.#root = root;
    this.#known = lookAt(root);
    this.#faultsBefore = faultsOfEndedChildren(root);
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  stop(): Watched {
    this.#look();
    clearInterval(this.#timer);
    return {
      started: [...this.#started.values()],
      connections: [...this.#connections].toSorted(),
      faultsOfEndedChildren: faultsOfEndedChildren(this.#root) - this.#faultsBefore,
    };
  }

  #look(): void {
    const { processes, sockets } = lookAt(this.#root);
    for (const [pid, commandLine] of processes) {
      // One that has ended and waits to be fetched has no command line any more, only a name.
      const isNamedOnly = commandLine.startsWith('[');
      if (!this.#known.processes.has(pid) && !(isNamedOnly && this.#started.has(pid)))
        this.#started.set(pid, commandLine);
    }
    for (const [inode, farEnd] of sockets) if (!this.#known.sockets.has(inode)) this.#connections.add(farEnd);
  }
}

interface Look {
  /** Command line by process id. */
  readonly processes: ReadonlyMap<number, string>;
  /** Far end by inode. */
  readonly sockets: ReadonlyMap<string, string>;
}

function lookAt(root: number): Look {
  const farEnds = new Map(['tcp', 'tcp6', 'udp', 'udp6'].flatMap(farEndsOf));
  // One without even a name has gone since its number was read.
  const processes = new Map(
    familyOf(root)
      .map((pid) => [pid, commandLineOf(pid)] as const)
      .filter(([, line]) => line !== '[]'),
  );
  const sockets = new Map<string, string>();
  for (const pid of processes.keys()) {
    for (const inode of socketsOf(pid)) {
      const farEnd = farEnds.get(inode);
      if (farEnd !== undefined) sockets.set(inode, farEnd);
    }
  }
  return { processes, sockets };
}

function familyOf(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(statOf(Number(name))[1])] as const);
  const family = [root];
  for (const member of family) family.push(...parents.filter(([, parent]) => parent === member).map(([pid]) => pid));
  return family;
}

/** The fields of `/proc/PID/stat` after the name: state, parent, …; none when the process has ended. */
function statOf(pid: number): string[] {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function faultsOfEndedChildren(pid: number): number {
  return Number(statOf(pid)[8]);
}

function commandLineOf(pid: number): string {
  const commandLine = readOrNothing(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return commandLine || `[${readOrNothing(`/proc/${pid}/comm`).trim()}]`;
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Inode and far end of each socket of a kind that has a far end. */
function farEndsOf(kind: string): [string, string][] {
  return readOrNothing(`/proc/net/${kind}`)
    .split('\n')
    .slice(1)
    .flatMap((line): [string, string][] => {
      const [, , remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
      const [address = '', port = ''] = remote.split(':');
      if (port === '' || Number.parseInt(port, 16) === 0) return [];
      return [[inode, `${kind.slice(0, 3)} ${addressOf(address)}:${Number.parseInt(port, 16)}`]];
    });
}

/** The kernel writes each group of four bytes in the machine's order. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((group) => (group.match(/../g) ?? []).toReversed());
  const ends = bytes.slice(-4).map((byte) => Number.parseInt(byte, 16));
  const start = bytes.slice(0, -4).join('');
  if (start === '' || /^0{20}ffff$/i.test(start)) return ends.join('.');
  return /^0+$/.test(start) && ends.join('.') === '0.0.0.1' ? '127.0.0.1' : bytes.join('');
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
