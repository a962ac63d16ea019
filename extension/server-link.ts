import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DEFAULT_BASE, EMBEDDED_BASES, type EmbeddedBase } from '../core/base-model/embedded-bases.ts';
import { Connection, hostOf, isLoopback, type ServerAddress } from './client/connection.ts';
import { type ClientTraces, type Operation, openClientTraces } from './client/traces.ts';
import { type LocalServerLayout, layoutOf, missingParts } from './local-server/layout.ts';
import { LocalServer } from './local-server/local-server.ts';
import type { Logs } from './log.ts';
import { serverSettings } from './settings.ts';
import { Failure } from './show-failure.ts';
import type { SignInRenewal } from './sign-in/renew-sign-in.ts';
import { ServerToken } from './sign-in/server-token.ts';

/** Where requests go, in words for the user. */
export interface ServerPlace {
  readonly kind: 'local' | 'remote';
  /** For instance `this machine` or `bespoke.example.com:443`. */
  readonly name: string;
}

/** The one way to a server: the remote one that is set, or the bundled one, started when it is first needed. */
export class ServerLink implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #logs: Logs;
  readonly #setUp = new vscode.EventEmitter<void>();
  /** Tells that the local server got what it lacked. */
  readonly onDidSetUp = this.#setUp.event;
  #local: LocalServer | undefined;
  #traces: Promise<ClientTraces> | undefined;
  #token: ServerToken | undefined;
  #connection: { readonly key: string; readonly connection: Connection } | undefined;

  constructor(context: vscode.ExtensionContext, logs: Logs) {
    this.#context = context;
    this.#logs = logs;
    context.subscriptions.push(
      this,
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('bespoke.server') || change.affectsConfiguration('bespoke.localServer')) {
          void this.close();
        }
      }),
    );
  }

  get place(): ServerPlace {
    const { address } = serverSettings();
    return address === '' ? { kind: 'local', name: 'this machine' } : { kind: 'remote', name: address };
  }

  /** The server that is set, without its token; `undefined`: the one on this machine. */
  get remote(): Omit<Required<ServerAddress>, 'token'> | undefined {
    const { address, tls, caFile } = serverSettings();
    if (address === '') return undefined;
    const proxy = vscode.workspace.getConfiguration('http').get('proxy', '');
    // Plain text is for loopback only, whatever is set.
    return { address, tls: tls || !isLoopback(hostOf(address)), caFile, proxy };
  }

  get layout(): LocalServerLayout {
    return this.#layoutOf(serverSettings().localBase);
  }

  #layoutOf(base: EmbeddedBase): LocalServerLayout {
    const home = serverSettings().localHome || process.env.BESPOKE_HOME || this.#context.globalStorageUri.fsPath;
    // One folder per workspace, because a ledger has one server at a time and each window runs its own; and per base, whose adapters no other
    // base can use.
    const data = this.#context.storageUri ?? this.#context.globalStorageUri;
    return layoutOf(
      this.#context.extensionPath,
      home,
      join(data.fsPath, base === DEFAULT_BASE ? 'server' : `server-${base}`),
      base,
    );
  }

  /** What the set-up still has to fetch before the local server can run; empty for a remote server. */
  get missingParts(): string[] {
    return this.place.kind === 'local' ? missingParts(this.layout) : [];
  }

  noteSetUp(): void {
    this.#setUp.fire();
  }

  /** Whether asking for a connection would start a process or open a socket first. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** An open connection; starts the local server if it is needed. */
  async connection(): Promise<Connection> {
    if (!vscode.workspace.isTrusted) {
      throw new Failure('this workspace is in Restricted Mode, so nothing is started or sent: trust it first.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    const traces = await this.#openTraces();
    const remote = this.remote;
    if (remote === undefined) {
      this.#local ??= new LocalServer(this.layout, {
        onLog: (line) => this.#logs.server.appendLine(line),
        parameters: traces?.serverParameters ?? [],
      });
      const endpoint = await this.#local.start();
      return this.#open(`local ${endpoint.address}`, () => new Connection({ ...endpoint, tls: false }, traces));
    }
    const { address, tls, caFile, proxy } = remote;
    this.#token ??= new ServerToken(address, this.#context.secrets);
    const token = await this.#token.current();
    const connection = this.#open(
      `remote ${address} ${tls} ${caFile} ${proxy}`,
      () => new Connection({ address, token, tls, caFile, proxy }, traces),
    );
    connection.useToken(token);
    void this.#token.renewInTime((renewed) => connection.useToken(renewed));
    return connection;
  }

  /**
   * One connection after another to all that keeps something of this workspace: on this machine the servers of the other bases that were
   * used before, each of which runs only until the next is asked for, and the server of `connection()`. That comes last, so that nothing
   * has happened yet where another cannot be started.
   */
  async *everyConnection(): AsyncGenerator<Connection, void, void> {
    const own = await this.connection();
    for (const base of EMBEDDED_BASES) {
      const layout = this.#layoutOf(base);
      if (this.place.kind === 'remote' || base === this.layout.base || !existsSync(layout.dataDir)) continue;
      const server = new LocalServer(layout, { onLog: (line) => this.#logs.server.appendLine(line) });
      try {
        const connection = new Connection({ ...(await server.start()), tls: false });
        try {
          yield connection;
        } finally {
          connection.close();
        }
      } finally {
        await server.stop();
      }
    }
    yield own;
  }

  /** Does something that takes several calls, which are then found in one trace. */
  async traced<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const traces = vscode.workspace.isTrusted ? await this.#openTraces() : undefined;
    return traces === undefined ? work() : traces.within(operation, work);
  }

  /** Keeps a token for a server, and how to get the next one, if it was a sign-in that gave it. */
  async keepToken(address: string, token: string, renewal?: SignInRenewal): Promise<void> {
    await new ServerToken(address, this.#context.secrets).keep({ token, renewal });
    await this.close();
  }

  dispose(): void {
    void this.close();
  }

  /** Closes the connection and stops the local server. */
  async close(): Promise<void> {
    this.#connection?.connection.close();
    this.#connection = undefined;
    this.#token?.close();
    this.#token = undefined;
    const local = this.#local;
    this.#local = undefined;
    await local?.stop();
    const traces = this.#traces;
    this.#traces = undefined;
    await (await traces)?.close();
  }

  async #openTraces(): Promise<ClientTraces | undefined> {
    if (!serverSettings().traces) return undefined;
    this.#traces ??= openClientTraces(process.env);
    return this.#traces;
  }

  #open(key: string, make: () => Connection): Connection {
    if (this.#connection?.key !== key) {
      this.#connection?.connection.close();
      this.#connection = { key, connection: make() };
    }
    return this.#connection.connection;
  }
}
