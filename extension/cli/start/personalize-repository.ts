import type { Connection } from '../../client/connection.ts';
import { activateAdapter, getRun, listAdapters } from '../../client/personalization.ts';
import type { Adapter, PersonalizationRun, PrefixStart, RequestedStrategy, RunEvent } from '../../client/run.ts';
import { ServerError } from '../../client/server-error.ts';
import { uploadCorpus } from '../../client/upload-corpus.ts';
import { watchRun } from '../../client/watch-run.ts';
import type { MinedRepository } from '../../workspace/mine-repository.ts';
import { strategyLines } from '../../workspace/strategy-text.ts';
import type { UnfinishedStart } from './unfinished-start.ts';

/** A run that succeeded, with all it told. */
export interface PersonalizedRepository {
  readonly run: PersonalizationRun;
  readonly adapter: Adapter;
  readonly events: readonly RunEvent[];
  /** Why the server does not activate the adapter: it is not better. */
  readonly refusal: string | undefined;
}

/**
 * Uploads the pairs, trains, and activates what is better than the base. Goes on with the training of an unfinished start; an aborted
 * signal leaves the run to the next one.
 */
export async function personalizeRepository(
  connection: Connection,
  repository: MinedRepository,
  options: {
    readonly strategy: RequestedStrategy;
    readonly heldOutPairs: number;
    readonly fold: number;
    readonly nearestTests: number;
    readonly frozenBlocks: number | undefined;
    readonly prefixStart: PrefixStart | undefined;
  },
  {
    unfinished,
    signal,
    note,
  }: { readonly unfinished: UnfinishedStart; readonly signal: AbortSignal; readonly note: (line: string) => void },
): Promise<PersonalizedRepository> {
  const { id, commit } = repository.identity;
  const receipt = await uploadCorpus(connection, { repository: id, pairs: repository.clean, commit }, { signal });
  const { run: started, goesOn } = await unfinished.run(connection, {
    repository: id,
    corpusSha256: receipt.corpusSha256,
    strategy: options.strategy,
    heldOutSplits: ['by-pair', 'by-focal-class'],
    heldOutPairs: options.heldOutPairs,
    options: { frozenBlocks: options.frozenBlocks, prefixStart: options.prefixStart },
    fold: options.fold,
    nearestTests: options.nearestTests,
  });
  if (goesOn) note('going on with the training of the last start, which did not come to its end');
  const events: RunEvent[] = [];
  let lastNoteMs = performance.now();
  for await (const event of watchRun(connection, started.id, { signal })) {
    events.push(event);
    const isOld = performance.now() - lastNoteMs > longestSilenceMs;
    const line = lineOf(event) ?? (isOld ? progressLineOf(event) : undefined);
    const lines = line === undefined ? strategyLines(event) : [line];
    if (lines.length === 0) continue;
    for (const one of lines) note(one);
    lastNoteMs = performance.now();
  }
  const run = await getRun(connection, started.id, { signal });
  const adapter = (await listAdapters(connection, id, { signal })).find((one) => one.id === run.adapterId);
  if (adapter === undefined)
    throw new Error(run.failure?.message ?? `The run ended as ${run.state} without an adapter.`);
  return { run, events, ...(await activated(connection, adapter)) };
}

async function activated(connection: Connection, adapter: Adapter) {
  try {
    return { adapter: await activateAdapter(connection, adapter.id), refusal: undefined };
  } catch (cause) {
    if (!(cause instanceof ServerError) || cause.kind !== 'refused') throw cause;
    return { adapter, refusal: cause.message };
  }
}

/** Long stages are heard of at least this often. */
const longestSilenceMs = 30_000;

function progressLineOf(event: RunEvent): string | undefined {
  const left = (seconds: number) => `about ${Math.ceil(seconds)} s left`;
  if (event.kind === 'stage-progress')
    return `${event.stage}: ${event.done} of ${event.total} pairs, ${left(event.etaSeconds)}`;
  if (event.kind === 'progress')
    return `step ${event.step} of at most ${event.maxSteps}, loss ${event.loss.toFixed(3)}, ${left(event.etaSeconds)}`;
  return undefined;
}

/** One line for the stages and measurements of a run. */
function lineOf(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'stage':
      return `${event.stage}: ${event.detail}`;
    case 'validation':
      return `epoch ${event.epoch.toFixed(1)}: validation loss ${event.validationLoss.toFixed(3)}${event.best ? ', best' : ''}`;
    case 'held-out':
      return `held out ${event.split}, ${event.personalized ? 'personalized' : 'base'}: perplexity ${event.measurement.perplexity.toFixed(3)}`;
    case 'adapter':
      return `adapter: ${event.trainedParameters} of ${event.baseParameters} parameters, ${(event.bytes / 1e6).toFixed(1)} MB`;
    case 'failed':
      return event.message;
    case 'stage-progress':
    case 'progress':
    case 'strategy-probed':
    case 'strategy-left-out':
    case 'strategy-chosen':
    case 'checkpoint':
    case 'cancelled':
    case 'state':
    case 'unknown':
      return undefined;
  }
}
