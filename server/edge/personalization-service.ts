import type * as wire from '../../proto/gen/bespoke/v1/personalization.ts';
import type { AdapterTransfer } from '../adapters/adapter-transfer.ts';
import { invalidRequest } from '../errors.ts';
import type { ForgetFlow } from '../flow-forget.ts';
import type { ArrivingChunk, CorpusHeader, PersonalizeFlow } from '../flow-personalize.ts';
import type { Calls } from './calls.ts';
import { adapterDataFromWire, adapterHeaderFromWire, adapterHeaderToWire, adapterToWire } from './convert-adapter.ts';
import { pairFromWire } from './convert-pair.ts';
import { listedRunToWire, runEventToWire, runToWire } from './convert-run.ts';
import {
  foldFromWire,
  nearestTestsFromWire,
  optionsFromWire,
  requestedStrategyFromWire,
  splitFromWire,
} from './convert-strategy.ts';

/** What `GetServer` tells. */
export interface ServerDescription {
  readonly version: string;
  readonly baseModel: {
    readonly name: string;
    readonly sha256: string;
    readonly parameters: number;
    readonly family: string;
  };
  readonly maxMessageBytes: number;
}

/** `bespoke.v1.PersonalizationService` over its flows and the transfer of adapters. */
export function personalizationService(
  flow: PersonalizeFlow,
  transfer: AdapterTransfer,
  forget: ForgetFlow,
  server: ServerDescription,
  calls: Calls,
): wire.PersonalizationServiceServer {
  return {
    getServer: calls.unary<wire.GetServerRequest, wire.GetServerResponse>(async (caller) => ({
      version: server.version,
      baseModel: { ...server.baseModel },
      tenant: caller.tenant.name,
      maxMessageBytes: server.maxMessageBytes,
    })),
    getUpload: calls.unary<wire.GetUploadRequest, wire.GetUploadResponse>(async (caller, request) =>
      flow.uploaded(caller, request.repository, request.corpusSha256),
    ),
    uploadCorpus: calls.clientStream<wire.UploadCorpusRequest, wire.UploadCorpusResponse>(async (caller, requests) => {
      const messages = requests[Symbol.asyncIterator]();
      const header = headerFromWire(await messages.next());
      return flow.upload(caller, header, chunksFromWire(messages));
    }),
    startRun: calls.unary<wire.StartRunRequest, wire.StartRunResponse>(async (caller, request, _signal, span) => {
      const wanted = {
        requestId: request.requestId,
        repository: request.repository,
        corpusSha256: request.corpusSha256,
        strategy: requestedStrategyFromWire(request.strategy),
        heldOutSplits: [...new Set(request.heldOutSplits.map(splitFromWire))],
        heldOutPairs: request.heldOutPairs,
        options: optionsFromWire(request.options),
        fold: foldFromWire(request.fold),
        nearestTests: nearestTestsFromWire(request.nearestTests),
      };
      return { run: runToWire(await flow.start(caller, wanted, span)) };
    }),
    watchRun: calls.watch<wire.WatchRunRequest, wire.WatchRunResponse>(async function* (caller, request, signal) {
      for await (const event of flow.watch(caller, request.runId, request.afterSequence, signal))
        yield { event: runEventToWire(event) };
    }),
    cancelRun: calls.unary<wire.CancelRunRequest, wire.CancelRunResponse>(async (caller, request) => ({
      run: runToWire(await flow.cancel(caller, request.runId)),
    })),
    getRun: calls.unary<wire.GetRunRequest, wire.GetRunResponse>(async (caller, request) => ({
      run: runToWire(await flow.run(caller, request.runId)),
    })),
    listRuns: calls.unary<wire.ListRunsRequest, wire.ListRunsResponse>(async (caller, request) => ({
      runs: (await flow.runs(caller, request.repository)).map(listedRunToWire),
    })),
    listAdapters: calls.unary<wire.ListAdaptersRequest, wire.ListAdaptersResponse>(async (caller, request) => ({
      adapters: (await flow.adapters(caller, request.repository)).map(adapterToWire),
    })),
    activateAdapter: calls.unary<wire.ActivateAdapterRequest, wire.ActivateAdapterResponse>(
      async (caller, request) => ({ adapter: adapterToWire(await flow.activate(caller, request.adapterId)) }),
    ),
    rollBackAdapter: calls.unary<wire.RollBackAdapterRequest, wire.RollBackAdapterResponse>(async (caller, request) => {
      const adapter = await flow.rollBack(caller, request.repository);
      return { adapter: adapter === undefined ? undefined : adapterToWire(adapter) };
    }),
    exportAdapter: calls.serverStream<wire.ExportAdapterRequest, wire.ExportAdapterResponse>(
      async function* (caller, request) {
        const { header, data } = await transfer.export(caller, request.adapterId);
        yield { part: { $case: 'header', value: adapterHeaderToWire(header) } };
        for await (const value of data) yield { part: { $case: 'data', value } };
      },
    ),
    importAdapter: calls.clientStream<wire.ImportAdapterRequest, wire.ImportAdapterResponse>(
      async (caller, requests) => {
        const messages = requests[Symbol.asyncIterator]();
        const header = adapterHeaderFromWire(await messages.next());
        return { adapter: adapterToWire(await transfer.import(caller, header, adapterDataFromWire(messages))) };
      },
    ),
    forgetRepository: calls.unary<wire.ForgetRepositoryRequest, wire.ForgetRepositoryResponse>(
      async (caller, request) => {
        const { content, receipt } = await forget.forget(caller, request.repository);
        const { corpusSha256s, adapterSha256s, runs, objectStore } = content;
        const bytes = content.bytes + (objectStore?.bytes ?? 0);
        return { corpora: corpusSha256s.length, runs, adapters: adapterSha256s.length, bytes, receipt };
      },
    ),
    getForgetReceipt: calls.unary<wire.GetForgetReceiptRequest, wire.GetForgetReceiptResponse>(
      async (caller, request) => ({ receipt: await forget.receipt(caller, request.repository) }),
    ),
  };
}

function headerFromWire(first: IteratorResult<wire.UploadCorpusRequest>): CorpusHeader {
  if (first.done === true || first.value.part?.$case !== 'header')
    throw invalidRequest('The upload does not begin with its header', 'send the header as the first message');
  const { repository, corpusSha256, chunkSha256s, pairs, commit } = first.value.part.value;
  return { repository, corpusSha256, chunkSha256s, pairs, commit };
}

async function* chunksFromWire(messages: AsyncIterator<wire.UploadCorpusRequest>): AsyncGenerator<ArrivingChunk> {
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    if (next.value.part?.$case !== 'chunk')
      throw invalidRequest(
        'A message of the upload holds no chunk',
        'send chunks after the header, and one header only',
      );
    const { sha256, pairs } = next.value.part.value;
    yield { sha256, pairs: pairs.map(pairFromWire) };
  }
}
