import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where everything lies in the server's data folder. Folders are named by the ledger's ids, never by what a client sent. */
export interface DataDir {
  readonly root: string;
  /** Folder of the embedded database. */
  readonly database: string;
  /** The private key that signs receipts. */
  readonly receiptKey: string;
  /** A copy of every receipt, one file each, so that whoever runs the server can keep them where its disk is not. */
  readonly receipts: string;
  /** Says in which object store the artifacts are; there is none while they are here. */
  readonly artifactsPlace: string;
  /** What the server and generation workers on other machines tell each other; there is none without them. */
  readonly generationWorkers: string;
  /** The same for trainers on other machines. */
  readonly trainerJobs: string;
  readonly repositories: string;
  repository(repositoryId: string): string;
  /** Chunks of corpora, named by their hash. */
  chunks(repositoryId: string): string;
  run(repositoryId: string, runId: string): RunDir;
  /** Adapters that are on their way in. */
  imports(repositoryId: string): string;
  /** An adapter's folder has the name of its run. */
  adapter(repositoryId: string, adapterId: string): string;
}

/** What a run keeps on disk. */
export interface RunDir {
  readonly root: string;
  readonly examplesFile: string;
  readonly specFile: string;
  /** The trainer's checkpoints and caches. */
  readonly workDir: string;
  /** What the trainer writes to standard error. */
  readonly logFile: string;
}

export function dataDirAt(path: string): DataDir {
  const root = resolve(path);
  const repository = (id: string) => join(root, 'repositories', id);
  return {
    root,
    database: join(root, 'database'),
    receiptKey: join(root, 'receipt-key.pem'),
    receipts: join(root, 'receipts'),
    artifactsPlace: join(root, 'artifacts.json'),
    generationWorkers: join(root, 'generation-workers'),
    trainerJobs: join(root, 'trainer-jobs'),
    repositories: join(root, 'repositories'),
    repository,
    chunks: (repositoryId) => join(repository(repositoryId), 'chunks'),
    run: (repositoryId, runId) => {
      const run = join(repository(repositoryId), 'runs', runId);
      return {
        root: run,
        examplesFile: join(run, 'examples.jsonl'),
        specFile: join(run, 'spec.json'),
        workDir: join(run, 'work'),
        logFile: join(run, 'trainer.log'),
      };
    },
    imports: (repositoryId) => join(repository(repositoryId), 'imports'),
    adapter: (repositoryId, adapterId) => join(repository(repositoryId), 'adapters', adapterId),
  };
}

/** Removes folders of repositories that the ledger does not know: what an erased repository or a refused upload left behind. */
export async function removeStrayRepositories(dataDir: DataDir, known: readonly string[]): Promise<number> {
  await mkdir(dataDir.repositories, { recursive: true });
  const knownIds = new Set(known);
  const stray = (await readdir(dataDir.repositories)).filter((id) => !knownIds.has(id));
  for (const id of stray) await rm(dataDir.repository(id), { recursive: true, force: true });
  return stray.length;
}

/** Removes what imports left behind that did not end: unfinished folders, and adapters that no run has. */
export async function removeStrayImports(dataDir: DataDir, runIds: ReadonlySet<string>): Promise<void> {
  // Most of many repositories have never trained, and have no folder.
  for (const repositoryId of await readdir(dataDir.repositories)) {
    await rm(dataDir.imports(repositoryId), { recursive: true, force: true });
    const adapters = await readdir(dataDir.adapter(repositoryId, '.')).catch(() => []);
    // The trainer's own unfinished folders have the name of a run before the first dot.
    const stray = adapters.filter((name) => !runIds.has(name.split('.')[0] ?? ''));
    for (const name of stray) await rm(dataDir.adapter(repositoryId, name), { recursive: true, force: true });
  }
}

/** Bytes of all files under a folder; 0 when there is none. */
export async function folderBytes(folder: string): Promise<number> {
  return (await folderSize(folder)).bytes;
}

/** How many files are under a folder, and their bytes. */
export async function folderSize(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let [files, bytes] = [0, 0];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    files += found === undefined ? 0 : 1;
    bytes += found?.size ?? 0;
  }
  return { files, bytes };
}
