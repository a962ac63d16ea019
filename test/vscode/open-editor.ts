import { VSCodeServer, type VSCodeServerOptions } from './vscode-server.ts';
import { Workbench } from './workbench.ts';

/** A window of a running VS Code on a workspace. */
export interface OpenEditor {
  readonly server: VSCodeServer;
  readonly workbench: Workbench;
  /** Absolute path. */
  readonly workspace: string;
  close(): Promise<void>;
}

export async function openEditor(workspace: string, options: VSCodeServerOptions): Promise<OpenEditor> {
  const server = await VSCodeServer.start(options);
  try {
    const workbench = await Workbench.open(server.pageOf(workspace));
    return {
      server,
      workbench,
      workspace,
      close: async () => {
        await workbench.close();
        await server.stop();
      },
    };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}
