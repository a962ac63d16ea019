import { readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TestPair } from '../core/mining/test-pair.ts';
import { loadTokenizer } from '../core/model-input/tokenizer.ts';
import { isWritable } from '../core/model-input/training-example.ts';
import packageJson from '../package.json' with { type: 'json' };
import { AdapterTransfer } from './adapters/adapter-transfer.ts';
import { type BaseModelFolder, readBaseModelFolder } from './base-model/base-model-folder.ts';
import { CorpusStore } from './corpora/corpus-store.ts';
import { RenewableCredentials } from './edge/certificates.ts';
import { type Endpoint, serve } from './edge/grpc-server.ts';
import { readRunEventLine, runEventTimeMs } from './edge/trainer-wire.ts';
import { BespokeError, startRefused } from './errors.ts';
import type { ServeFlags } from './flags.ts';
import { ForgetFlow } from './flow-forget.ts';
import { GenerateFlow } from './flow-generate.ts';
import { PersonalizeFlow } from './flow-personalize.ts';
import { RunBlocksFlow } from './flow-run-blocks.ts';
import { WorkerPool } from './generation/worker-pool.ts';
import type { Log } from './log.ts';
import { serveMetrics } from './metrics/metrics-endpoint.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { openServerArtifacts } from './open-artifacts.ts';
import { openBlocks } from './open-blocks.ts';
import { type OpenGenerator, openGenerator, openGenerators } from './open-generator.ts';
import { openLockedLedger } from './open-ledger.ts';
import { serveOperatorPage } from './operator-page/operator-page.ts';
import { RayGenerators } from './processes/ray-generators.ts';
import { RayJobs } from './processes/ray-jobs.ts';
import { RayTrainers } from './processes/ray-trainers.ts';
import type { TrainerHost } from './processes/trainer-host.ts';
import { localTrainers } from './processes/trainer-process.ts';
import { FairQueue } from './quotas/fair-queue.ts';
import { StoredBytes } from './quotas/stored-bytes.ts';
import { TenantQuotas } from './quotas/tenant-quotas.ts';
import { openReceiptKey } from './receipts/receipt-key.ts';
import { RepositoryUses } from './repository-uses.ts';
import { runPreparation } from './run-preparation.ts';
import { RunExecutor } from './runs/run-executor.ts';
import { RunNews } from './runs/run-news.ts';
import { RunTraces } from './runs/run-traces.ts';
import { IdentityProvider } from './sign-in/identity-provider.ts';
import { People } from './sign-in/people.ts';
import { type DataDir, dataDirAt, removeStrayImports, removeStrayRepositories } from './storage/data-dir.ts';
import { writeDurably } from './storage/durable-file.ts';
import { openTraces } from './traces/open-traces.ts';

/** A server that answers. */
export interface RunningServer {
  /** Host and port. */
  readonly address: string;
  /** Stops accepting, ends streams and trainers, keeps everything acknowledged. Runs that have not ended go on at the next start. */
  close(): Promise<void>;
}

/** Settings that are not on the command line. */
export interface ServerSurroundings {
  /** Token of the tenant `local`, from the environment. */
  readonly localToken: string | undefined;
  /** Token of the Ray cluster, from the environment. */
  readonly rayToken: string | undefined;
  /** Folder with the contract's `.proto` files. */
  readonly protoDir: string;
  readonly log: Log;
  /** Called when the server cannot go on safely, for instance because it lost its lock. */
  onFatal(error: Error): void;
}

/** Requests that a generation worker decodes at the same time. */
const GENERATIONS = 8;

/** What a client of split serving may take between two tokens. */
const MOST_SILENT_MS = 60_000;

/**
 * Puts the server together and starts it: base model, ledger, executor with the runs that a server before it left, the two flows, and the
 * RPC edge last. Throws `BespokeError` with one sentence when it must not start.
 */
export async function startServer(flags: ServeFlags, around: ServerSurroundings): Promise<RunningServer> {
  const { log } = around;
  const endpoint = await endpointOf(flags, log);
  await requireProgram(flags);
  const provider = await providerOf(flags, log);
  const baseModelDir = resolve(flags.baseModelDir);
  await readBaseModelFolder(baseModelDir, 'header');
  const dataDir = dataDirAt(flags.dataDir);
  const locked = await openLockedLedger(dataDir, flags.databaseUrl, 'serve', around.onFatal);
  const { ledger } = locked;
  try {
    const baseModel = await openBaseModel(baseModelDir, dataDir.root);
    const receiptKey = await openReceiptKey(dataDir.receiptKey);
    const { artifacts, settle } = await openServerArtifacts(flags.artifacts, { dataDir, receiptKey, log });
    const corpora = new CorpusStore(artifacts);
    const news = new RunNews();
    const uses = new RepositoryUses();
    const quotas = new TenantQuotas(flags.quotas);
    const stored = new StoredBytes(ledger.repositories, artifacts, flags.quotas.storedBytes);
    const queue = new FairQueue(GENERATIONS * (flags.generators?.workers ?? 1));
    const tokenizer = await loadTokenizer(baseModel.path);
    const { name, parameters, family, maxTargetTokens } = baseModel.manifest;
    const preparation = runPreparation({ ledger, corpora, artifacts, dataDir, baseModel, tokenizer });
    const trainers = await trainersOf(flags, around, dataDir);
    const traces = await openTraces(flags.traces, packageJson.version, log);
    const runTraces = new RunTraces(traces, runEventTimeMs);
    const executor = new RunExecutor({
      runs: ledger.runs,
      news,
      log,
      trainers,
      traces: runTraces,
      concurrency: flags.maxRuns,
      readEvent: readRunEventLine,
      ...preparation,
    });
    const generator = await generatorOf(flags, around, baseModel, dataDir);
    const canWrite = (pair: TestPair) => isWritable(pair, tokenizer, maxTargetTokens);
    const personalize = new PersonalizeFlow({
      ...{ ledger, corpora, executor, news, uses, quotas, stored, log, runTraces },
      isWritable: canWrite,
    });
    const transfer = new AdapterTransfer({ ledger, artifacts, dataDir, baseModel, uses, quotas, stored, log });
    const generate = new GenerateFlow({ ledger, artifacts, uses, quotas, queue, log, generator: generator.get });
    // In this process also where generation has nodes of a cluster: a session is a conversation, and holds its state here.
    const blocks = openBlocks(
      { baseModelDir: baseModel.path, precision: flags.generationPrecision, threads: flags.generationThreads },
      log,
    );
    const runBlocks = new RunBlocksFlow({
      ...{ quotas, log, queue: new FairQueue(1), blocks: blocks.get, mostSilentMs: MOST_SILENT_MS },
    });
    const dropAdapters = generator.evict;
    const forget = new ForgetFlow({
      ...{ ledger, artifacts, dataDir, uses, executor, news, log, receiptKey, dropAdapters },
      onErased: (tenantId) => stored.forget(tenantId),
    });

    const metrics = new ServerMetrics({
      ledger,
      waitingGenerations: () => queue.length,
      generationWorkers: generator.workers,
    });

    await forget.finishAll();
    // After that, because the tenant itself may have been begun to forget.
    if (around.localToken !== undefined) await ledger.tokens.setStartToken('local', around.localToken);
    const repositoryIds = (await ledger.repositories.all()).map(({ id }) => id);
    await removeStrayRepositories(dataDir, repositoryIds);
    await removeStrayImports(dataDir, new Set(await ledger.runs.ids()));
    await settle(ledger);
    const closeMetrics = flags.metrics === undefined ? undefined : await serveMetrics(metrics, flags.metrics, log);
    const people =
      provider === undefined
        ? undefined
        : new People({ ...provider, tenantNamed: (name) => ledger.tokens.tenantNamed(name) });
    const closeOperatorPage =
      flags.operatorPagePort === undefined
        ? undefined
        : await serveOperatorPage(
            {
              ...{ ledger, stored, people, tokens: ledger.tokens, quotas: flags.quotas, maxRuns: flags.maxRuns },
              ...{ waitingGenerations: () => queue.length, dataRoot: dataDir.root, version: packageJson.version },
            },
            flags.operatorPagePort,
            log,
          );
    await executor.start();
    const description = {
      version: packageJson.version,
      baseModel: { name, sha256: baseModel.sha256, parameters, family },
    };
    const serving = await serve(
      {
        people,
        ...{
          personalize,
          transfer,
          generate,
          runBlocks,
          forget,
          tokens: ledger.tokens,
          quotas,
          metrics,
          traces,
          log,
          description,
        },
        protoDir: around.protoDir,
      },
      endpoint,
    ).catch(async (error: unknown) => {
      await executor.stop();
      throw error;
    });
    log.info('listening', {
      address: serving.address,
      tls: endpoint.tls !== null,
      clientCertificates: flags.clientCa !== undefined,
    });
    return {
      address: serving.address,
      close: async () => {
        await serving.close();
        await closeMetrics?.();
        await closeOperatorPage?.();
        await executor.stop();
        await trainers.close();
        await traces.close();
        await generator.close();
        await blocks.close();
        artifacts.close();
        await locked.close();
        log.info('stopped');
      },
    };
  } catch (error) {
    await locked.close();
    throw error;
  }
}

async function endpointOf(flags: ServeFlags, log: Log): Promise<Endpoint> {
  const { host, port, tlsCert: certificate, tlsKey: key, clientCa } = flags;
  // Whose parent ends is needed by nobody else.
  const drainMs = flags.exitWithParent ? 1500 : flags.drainSeconds * 1000;
  if ((certificate === undefined) !== (key === undefined))
    throw startRefused('TLS needs both --tls-cert and --tls-key: give both files, or neither on loopback.');
  if (certificate !== undefined && key !== undefined)
    return { host, port, drainMs, tls: await RenewableCredentials.open({ certificate, key, clientCa }, log) };
  if (clientCa !== undefined)
    throw startRefused('Without TLS no client shows a certificate: give --tls-cert and --tls-key with --client-ca.');
  if (!isLoopback(host))
    throw startRefused(
      `Without TLS the server only listens on loopback, and ${host} is not: give --tls-cert and --tls-key, or --host 127.0.0.1.`,
    );
  return { host, port, drainMs, tls: null };
}

/** A provider that is away is no reason to turn away those who have a token of ours; one that is another than was said is. */
async function providerOf({ signIn }: ServeFlags, log: Log) {
  if (signIn === undefined) return undefined;
  const provider = new IdentityProvider(signIn);
  await provider.find().catch((error: unknown) => {
    if (error instanceof BespokeError && error.situation === 'start-refused') throw error;
    log.error('identity-provider-away', error);
  });
  return { provider, claims: signIn.claims };
}

async function trainersOf(
  { ray, ...flags }: ServeFlags,
  { rayToken, log }: ServerSurroundings,
  { trainerJobs: folder }: DataDir,
): Promise<TrainerHost> {
  const command = { python: flags.python, trainerDir: resolve(flags.trainerDir) };
  if (ray === undefined) return localTrainers(command);
  const { url, ...shares } = ray;
  return RayTrainers.open({ jobs: await rayJobsOf(url, { rayToken, log }), command, ...shares, folder, log });
}

/** Loaded when it is first needed here, and at once on a cluster. */
async function generatorOf(
  flags: ServeFlags,
  { rayToken, log }: ServerSurroundings,
  { path, sha256 }: BaseModelFolder,
  { generationWorkers }: DataDir,
): Promise<OpenGenerator> {
  const options = {
    baseModelDir: path,
    threads: flags.generationThreads,
    precision: flags.generationPrecision,
    maxConcurrentRequests: GENERATIONS,
    sessionMemoryBytes: flags.adapterMemoryBytes,
  };
  if (flags.generators === undefined) return openGenerator(options, log);
  const { url, workers } = flags.generators;
  const host = await RayGenerators.open({
    jobs: await rayJobsOf(url, { rayToken, log }),
    program: join(__dirname, 'generation-host.js'),
    folder: generationWorkers,
    baseModelSha256: sha256,
    log,
  });
  return openGenerators(options, (start) => new WorkerPool({ host, workers, options: start, log }));
}

/** A cluster that is away is waited for; one that refuses the token would be waited for in vain. */
async function rayJobsOf(url: URL, { rayToken, log }: Pick<ServerSurroundings, 'rayToken' | 'log'>): Promise<RayJobs> {
  const jobs = new RayJobs({ url, token: rayToken });
  await jobs.check().catch((error: unknown) => {
    if (error instanceof BespokeError) throw error;
    log.error('ray-is-away', error);
  });
  return jobs;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** A missing interpreter or trainer would otherwise show only when the first run fails. */
async function requireProgram(flags: ServeFlags): Promise<void> {
  const trainer = join(flags.trainerDir, 'bespoke_trainer');
  if (!(await stat(trainer).catch(() => undefined))?.isDirectory())
    throw startRefused(`The trainer is not in ${flags.trainerDir}: check --trainer-dir.`);
  if (flags.python.includes('/') && (await stat(flags.python).catch(() => undefined)) === undefined)
    throw startRefused(`There is no Python interpreter ${flags.python}: set the server up, or check --python.`);
}

/** Reads the base model; every byte of it the first time, and only what may have changed after that. */
async function openBaseModel(path: string, dataRoot: string): Promise<BaseModelFolder> {
  const stamp = join(dataRoot, 'checked-base-model.json');
  const checkedBefore = await readFile(stamp, 'utf8').catch(() => '');
  const header = await readBaseModelFolder(path, 'header');
  const identity = JSON.stringify({ path, sha256: header.sha256 });
  if (checkedBefore === identity) return header;
  await rm(stamp, { force: true });
  const checked = await readBaseModelFolder(path, 'hashes');
  await writeDurably(stamp, identity);
  return checked;
}
