import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

/** A JSON Lines file being written. It appears under its name when it is complete, so that no reader sees half of one. */
export interface LinesFile {
  write(value: object): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

/** Opens a file, standard output for `-`, or nothing at all when there is no name. */
export async function openLines(name: string | undefined): Promise<LinesFile> {
  if (name === undefined) {
    return { write: async () => undefined, keep: async () => undefined, discard: async () => undefined };
  }
  if (name === '-') {
    const lines = new BufferedLines(process.stdout);
    return { write: (value) => lines.write(value), keep: () => lines.flush(), discard: () => lines.flush() };
  }
  const file = resolve(name);
  const temporary = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(temporary);
  await once(stream, 'open');
  const lines = new BufferedLines(stream);
  return {
    write: (value) => lines.write(value),
    keep: async () => {
      await lines.flush();
      stream.end();
      await finished(stream);
      await rename(temporary, file);
    },
    discard: async () => {
      stream.destroy();
      await rm(temporary, { force: true });
    },
  };
}

const BUFFER_CHARACTERS = 256 * 1024;

class BufferedLines {
  readonly #stream: Writable;
  #buffer = '';

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  async write(value: object): Promise<void> {
    this.#buffer += `${JSON.stringify(value)}\n`;
    if (this.#buffer.length > BUFFER_CHARACTERS) {
      await this.flush();
    }
  }

  async flush(): Promise<void> {
    const text = this.#buffer;
    this.#buffer = '';
    if (text !== '' && !this.#stream.write(text)) {
      await once(this.#stream, 'drain');
    }
  }
}
