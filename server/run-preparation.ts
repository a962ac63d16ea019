import { mkdir, stat } from 'node:fs/promises';
import type { Tokenizer } from '../core/model-input/tokenizer.ts';
import { readAdapterFolder } from './adapters/adapter-folder.ts';
import type { BaseModelFolder } from './base-model/base-model-folder.ts';
import type { CorpusStore } from './corpora/corpus-store.ts';
import { writeRunSpec } from './edge/trainer-wire.ts';
import { adapterRefused, corpusIncomplete } from './errors.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Run } from './runs/run.ts';
import type { RunExecutorParts } from './runs/run-executor.ts';
import { writeTrainingExamples } from './runs/training-examples.ts';
import type { ArtifactStore } from './storage/artifact-store.ts';
import { type DataDir, folderBytes } from './storage/data-dir.ts';
import { writeDurably } from './storage/durable-file.ts';
import { sealManifest } from './tensors/checked-folder.ts';

/** What runs are prepared from and registered in. */
export interface PreparationParts {
  readonly ledger: Ledger;
  readonly corpora: CorpusStore;
  readonly artifacts: ArtifactStore;
  readonly dataDir: DataDir;
  readonly baseModel: BaseModelFolder;
  readonly tokenizer: Tokenizer;
}

type Preparation = Pick<
  RunExecutorParts,
  'runDir' | 'prepare' | 'writeSpec' | 'adapterIsThere' | 'removeAdapter' | 'register'
>;

/** What an executor does before and after the trainer: the run's files are written, its adapter is verified and registered. */
export function runPreparation(parts: PreparationParts): Preparation {
  const { ledger, corpora, artifacts, dataDir, baseModel, tokenizer } = parts;
  const runDir = (run: Run) => dataDir.run(run.repositoryId, run.id);
  const adapterDir = (run: Run) => dataDir.adapter(run.repositoryId, run.id);
  const repositoryOf = ({ repositoryId, tenantId }: Run) => ({ id: repositoryId, tenantId });
  return {
    runDir,

    async prepare(run, signal) {
      const { examplesFile, root } = runDir(run);
      await mkdir(root, { recursive: true });
      const corpus = await ledger.corpora.find(run.repositoryId, run.corpusSha256);
      if (corpus === undefined) throw corpusIncomplete(1);
      const pairs = await corpora.readAll(repositoryOf(run), corpus.chunkSha256s);
      const mostInputTokens = baseModel.manifest.maxInputTokens;
      // A run that is taken up again gets the same bytes: its checkpoint belongs to them.
      await writeTrainingExamples(examplesFile, run, pairs, { tokenizer, mostInputTokens }, signal);
      await mkdir(dataDir.adapter(run.repositoryId, '.'), { recursive: true });
    },

    async writeSpec(run, task) {
      const { examplesFile, specFile, workDir } = runDir(run);
      const { id: runId, options, corpusSha256 } = run;
      const folders = { baseModelDir: baseModel.path, examplesFile, workDir, adapterDir: adapterDir(run) };
      await writeDurably(specFile, writeRunSpec({ runId, task, options, corpusSha256, ...folders }));
    },

    adapterIsThere: async (run) => (await stat(adapterDir(run)).catch(() => undefined)) !== undefined,

    removeAdapter: (run) => artifacts.removeAdapter(repositoryOf(run), run.id),

    async register(run) {
      const folder = await readAdapterFolder(adapterDir(run), baseModel);
      if (folder.runId !== run.id) throw adapterRefused('it was made by another run');
      if (folder.strategy !== run.strategy) throw adapterRefused(`its strategy ${folder.strategy} is not the run's`);
      await sealManifest(folder.path, folder.sha256);
      const bytes = await folderBytes(folder.path);
      await artifacts.keepAdapter(repositoryOf(run), run.id);
      const corpus = await ledger.corpora.find(run.repositoryId, run.corpusSha256);
      await ledger.runs.succeed(run.id, {
        id: run.id,
        repositoryId: run.repositoryId,
        runId: run.id,
        strategy: folder.strategy,
        bytes,
        trainedParameters: countParameters(folder.tensors),
        createdMs: Date.now(),
        baseModelSha256: baseModel.sha256,
        commit: corpus?.commit ?? '',
      });
    },
  };
}

/** Numbers in all tensors that the adapter holds: what was trained. */
function countParameters(tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): number {
  let parameters = 0;
  for (const { shape } of tensors.values()) parameters += shape.reduce((product, size) => product * size, 1);
  return parameters;
}
