import { appendFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DEFAULT_BASE,
  EMBEDDED_BASES,
  type EmbeddedBase,
  embeddedBase,
  noSuchBase,
} from '../../core/base-model/embedded-bases.ts';
import { Connection, hostOf, isLoopback } from '../client/connection.ts';
import { layoutOf } from '../local-server/layout.ts';
import { LocalServer } from '../local-server/local-server.ts';

/** Which server a command uses, as named on its command line. */
export type ServerChoice =
  | { readonly kind: 'local'; readonly home: string; readonly base: EmbeddedBase }
  | { readonly kind: 'remote'; readonly address: string; readonly token: string; readonly caFile: string | undefined };

/** For `--help`. */
export const serverOptionsUsage = `  --home DIR          use the server on this machine; DIR is where the set-up put its parts
  --base NAME         the base model on this machine, ${EMBEDDED_BASES.join(' or ')}
                      (when left out: ${DEFAULT_BASE})
  --server HOST:PORT  use this server instead, with the token in the environment variable BESPOKE_TOKEN
  --ca FILE           PEM file of the authority that signed its certificate, when it is not a public one`;

/** What `parseArgs` needs for `serverChoice`. */
export const serverOptions = {
  home: { type: 'string' },
  base: { type: 'string' },
  server: { type: 'string' },
  ca: { type: 'string' },
} as const;

/** The server that the options name, or the sentence that says what is wrong with them. */
export function serverChoice(values: {
  readonly home?: string | undefined;
  readonly base?: string | undefined;
  readonly server?: string | undefined;
  readonly ca?: string | undefined;
}): ServerChoice | string {
  const { home, server, ca } = values;
  if ((home === undefined) === (server === undefined)) return 'Name one server: with --home or with --server.';
  const base = embeddedBase(values.base ?? DEFAULT_BASE);
  if (base === undefined) return noSuchBase(values.base);
  if (home !== undefined) return { kind: 'local', home: resolve(home), base };
  if (values.base !== undefined) return 'The server chose its base model itself: leave out --base.';
  const token = process.env.BESPOKE_TOKEN ?? '';
  if (token === '') return 'The environment variable BESPOKE_TOKEN holds no token for the server: set it.';
  return { kind: 'remote', address: server ?? '', token, caFile: ca };
}

/** A server for one run of the command line: started or connected to when it is first needed. */
export class CliServer {
  readonly #choice: ServerChoice;
  #local: LocalServer | undefined;
  #connection: Promise<Connection> | undefined;

  constructor(choice: ServerChoice) {
    this.#choice = choice;
  }

  /** In words for the user. */
  get name(): string {
    return this.#choice.kind === 'local' ? 'this machine' : this.#choice.address;
  }

  connection(): Promise<Connection> {
    this.#connection ??= this.#open().catch((cause: unknown) => {
      this.#connection = undefined;
      throw cause;
    });
    return this.#connection;
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
    await this.#local?.stop();
  }

  async #open(): Promise<Connection> {
    if (this.#choice.kind === 'remote') {
      const { address, token, caFile } = this.#choice;
      return new Connection({ address, token, caFile, tls: !isLoopback(hostOf(address)) });
    }
    const { home, base } = this.#choice;
    const work = workFolder(home, base);
    mkdirSync(work, { recursive: true });
    // The bundle lies in dist/, beside the folders that it starts programs from.
    this.#local = new LocalServer(layoutOf(resolve(__dirname, '..'), home, join(work, 'server'), base), {
      onLog: (line) => appendFileSync(join(work, 'server.log'), `${line}\n`),
    });
    return new Connection({ ...(await this.#local.start()), tls: false });
  }
}

/** What the command line keeps between its runs with one base: caches, and the local server's folder, which `bespoke start` trains in. */
export function workFolder(home: string, base: EmbeddedBase): string {
  return join(home, base === DEFAULT_BASE ? 'start' : `start-${base}`);
}
