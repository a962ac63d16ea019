import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Connection } from '../../extension/client/connection.ts';
import { uploadCorpus } from '../../extension/client/upload-corpus.ts';
import { layoutOf } from '../../extension/local-server/layout.ts';
import { LocalServer } from '../../extension/local-server/local-server.ts';
import { mineRepository } from '../../extension/workspace/mine-repository.ts';
import { bespokeHome, repositoryRoot, type VSCodeServer } from './vscode-server.ts';

/** Leaves a corpus of a workspace with the local server of the small base, as if that base had been chosen in the settings before. */
export async function leaveCorpusWithSmallBase(server: VSCodeServer, workspace: string): Promise<void> {
  const base = 'bart-10m-tests';
  const dataDir = join(dirname(ledgerFolder(server.dataDir)), `server-${base}`);
  const own = new LocalServer(layoutOf(repositoryRoot, bespokeHome, dataDir, base));
  try {
    const connection = new Connection({ ...(await own.start()), tls: false });
    const { identity, clean } = await mineRepository(workspace, join(dataDir, '..', 'mined'), { threads: 0 });
    await uploadCorpus(connection, { repository: identity.id, pairs: clean, commit: null });
    connection.close();
  } finally {
    await own.stop();
  }
}

/** Where the window's local server keeps its data. */
function ledgerFolder(editorData: string): string {
  const storage = join(editorData, 'data', 'User', 'workspaceStorage');
  const found = readdirSync(storage, { recursive: true, encoding: 'utf8' }).find((path) =>
    /bespoke[^/]*[/\\]server$/.test(path),
  );
  if (found === undefined) throw new Error('No window keeps data of a local server.');
  return join(storage, found);
}
