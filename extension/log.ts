import * as vscode from 'vscode';

/** The two logs of the extension. Neither ever holds source code. */
export interface Logs extends vscode.Disposable {
  /** What the extension did, for its user. */
  readonly client: vscode.LogOutputChannel;
  /** The local server's own log lines. */
  readonly server: vscode.OutputChannel;
}

export function createLogs(): Logs {
  const client = vscode.window.createOutputChannel('Bespoke', { log: true });
  const server = vscode.window.createOutputChannel('Bespoke Server', 'log');
  return {
    client,
    server,
    dispose: () => {
      client.dispose();
      server.dispose();
    },
  };
}
