import { PersonalizationServiceService as service } from '../../proto/gen/bespoke/v1/personalization.ts';
import type { CallLimits, Connection } from './connection.ts';
import type {
  Adapter,
  ForgetReceipt,
  HeldOutSplit,
  PersonalizationRun,
  RequestedStrategy,
  ServerDescription,
  TrainingOptions,
} from './run.ts';
import { adapterFromWire, optionsToWire, runFromWire, splitToWire, strategyToWire } from './wire.ts';

/** Says who the server is; fails when the token is not accepted. */
export async function describeServer(connection: Connection, limits?: CallLimits): Promise<ServerDescription> {
  const answer = await connection.unary(service.getServer, {}, limits);
  const base = answer.baseModel;
  return {
    version: answer.version,
    tenant: answer.tenant,
    baseModel:
      base === undefined
        ? null
        : { name: base.name, sha256: base.sha256, parameters: base.parameters, family: base.family },
  };
}

export interface RunRequest {
  /** Makes the call idempotent: the same id returns the run that the first call made. */
  readonly requestId: string;
  readonly repository: string;
  readonly corpusSha256: string;
  readonly strategy: RequestedStrategy;
  /** None: the run has no proof, and its adapter cannot be activated. */
  readonly heldOutSplits: readonly HeldOutSplit[];
  /** Most pairs to hold out for each split. */
  readonly heldOutPairs: number;
  readonly options: TrainingOptions;
  /** 0 to 3, 0 when left out: folds of a repository have no held-out pair in common. */
  readonly fold?: number;
  /** Most of the repository's nearest tests in an input, 0 to 4; 4 when left out. */
  readonly nearestTests?: number | undefined;
}

export async function startRun(
  connection: Connection,
  request: RunRequest,
  limits?: CallLimits,
): Promise<PersonalizationRun> {
  const answer = await connection.unary(
    service.startRun,
    {
      requestId: request.requestId,
      repository: request.repository,
      corpusSha256: request.corpusSha256,
      strategy: strategyToWire(request.strategy),
      heldOutSplits: request.heldOutSplits.map(splitToWire),
      heldOutPairs: request.heldOutPairs,
      options: optionsToWire(request.options),
      fold: request.fold ?? 0,
      nearestTests: request.nearestTests,
    },
    limits,
  );
  return runFromWire(answer.run);
}

/** Cancels a run and returns it as it is now; a run that has ended stays as it is. */
export async function cancelRun(
  connection: Connection,
  runId: string,
  limits?: CallLimits,
): Promise<PersonalizationRun> {
  return runFromWire((await connection.unary(service.cancelRun, { runId }, limits)).run);
}

export async function getRun(connection: Connection, runId: string, limits?: CallLimits): Promise<PersonalizationRun> {
  return runFromWire((await connection.unary(service.getRun, { runId }, limits)).run);
}

/** The runs of a repository, newest first. */
export async function listRuns(
  connection: Connection,
  repository: string,
  limits?: CallLimits,
): Promise<PersonalizationRun[]> {
  return (await connection.unary(service.listRuns, { repository }, limits)).runs.map(runFromWire);
}

/** The adapters of a repository, newest first. */
export async function listAdapters(
  connection: Connection,
  repository: string,
  limits?: CallLimits,
): Promise<Adapter[]> {
  return (await connection.unary(service.listAdapters, { repository }, limits)).adapters.map(adapterFromWire);
}

/** Refused when the adapter's proof does not beat the base. */
export async function activateAdapter(
  connection: Connection,
  adapterId: string,
  limits?: CallLimits,
): Promise<Adapter> {
  return adapterFromWire((await connection.unary(service.activateAdapter, { adapterId }, limits)).adapter);
}

/** Goes back to the adapter that was active before and returns it; `null` when that is the base. */
export async function rollBackAdapter(
  connection: Connection,
  repository: string,
  limits?: CallLimits,
): Promise<Adapter | null> {
  const { adapter } = await connection.unary(service.rollBackAdapter, { repository }, { ...limits, repeatable: false });
  return adapter === undefined ? null : adapterFromWire(adapter);
}

/** Erases everything that the server keeps about a repository. */
export async function forgetRepository(
  connection: Connection,
  repository: string,
  limits?: CallLimits,
): Promise<ForgetReceipt> {
  const forgotten = await connection.unary(service.forgetRepository, { repository }, limits);
  const { corpora, runs, adapters, bytes, receipt } = forgotten;
  return { corpora, runs, adapters, bytes, signed: [receipt] };
}
