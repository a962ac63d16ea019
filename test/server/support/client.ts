import { type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Corpus } from '../../../core/corpus/corpus.ts';
import {
  type GenerateRequest,
  type GenerateResponse,
  GenerationServiceClient,
} from '../../../proto/gen/bespoke/v1/generation.ts';
import * as wire from '../../../proto/gen/bespoke/v1/personalization.ts';
import type { RunEvent } from '../../../proto/gen/bespoke/v1/trainer.ts';

const DEADLINE_MS = 300_000;

/** The generated client with promises; what fails rejects with the `ServiceError` that came over the wire. */
export class Client {
  readonly personalization: wire.PersonalizationServiceClient;
  readonly generation: GenerationServiceClient;
  readonly metadata = new Metadata();

  constructor(address: string, token: string, channel = credentials.createInsecure()) {
    const options = { 'grpc.enable_http_proxy': 0, 'grpc.max_send_message_length': -1 };
    this.personalization = new wire.PersonalizationServiceClient(address, channel, options);
    this.generation = new GenerationServiceClient(address, channel, options);
    if (token !== '') this.metadata.set('authorization', `Bearer ${token}`);
  }

  close(): void {
    this.personalization.close();
    this.generation.close();
  }

  getServer = () => this.#call<wire.GetServerRequest, wire.GetServerResponse>('getServer', {});
  getUpload = (request: wire.GetUploadRequest) =>
    this.#call<wire.GetUploadRequest, wire.GetUploadResponse>('getUpload', request);
  startRun = (request: wire.StartRunRequest) =>
    this.#call<wire.StartRunRequest, wire.StartRunResponse>('startRun', request);
  getRun = (runId: string) => this.#call<wire.GetRunRequest, wire.GetRunResponse>('getRun', { runId });
  cancelRun = (runId: string) => this.#call<wire.CancelRunRequest, wire.CancelRunResponse>('cancelRun', { runId });
  listRuns = (repository: string) =>
    this.#call<wire.ListRunsRequest, wire.ListRunsResponse>('listRuns', { repository });
  listAdapters = (repository: string) =>
    this.#call<wire.ListAdaptersRequest, wire.ListAdaptersResponse>('listAdapters', { repository });
  activateAdapter = (adapterId: string) =>
    this.#call<wire.ActivateAdapterRequest, wire.ActivateAdapterResponse>('activateAdapter', { adapterId });
  rollBackAdapter = (repository: string) =>
    this.#call<wire.RollBackAdapterRequest, wire.RollBackAdapterResponse>('rollBackAdapter', { repository });
  forgetRepository = (repository: string) =>
    this.#call<wire.ForgetRepositoryRequest, wire.ForgetRepositoryResponse>('forgetRepository', { repository });

  getForgetReceipt = (repository: string) =>
    this.#call<wire.GetForgetReceiptRequest, wire.GetForgetReceiptResponse>('getForgetReceipt', { repository });

  /** Uploads header and chunks; `chunks` may be fewer, others, or may be waited for. */
  async upload(
    repository: string,
    corpus: Corpus,
    options: {
      chunks?: Corpus['chunks'];
      header?: Partial<wire.CorpusHeader>;
      afterChunk?: (sent: number) => Promise<void>;
    } = {},
  ): Promise<wire.UploadCorpusResponse> {
    return this.uploadMessages(async (send) => {
      const value = {
        repository,
        corpusSha256: corpus.sha256,
        chunkSha256s: corpus.chunks.map((chunk) => chunk.sha256),
        pairs: corpus.pairs,
        commit: 'c0ffee',
        ...options.header,
      };
      await send({ part: { $case: 'header', value } });
      for (const [at, chunk] of (options.chunks ?? corpus.chunks).entries()) {
        await send({ part: { $case: 'chunk', value: { sha256: chunk.sha256, pairs: chunk.pairs.map(pairToWire) } } });
        await options.afterChunk?.(at + 1);
      }
    });
  }

  uploadMessages(
    write: (send: (message: wire.UploadCorpusRequest) => Promise<void>) => Promise<void>,
  ): Promise<wire.UploadCorpusResponse> {
    return new Promise((answered, failed) => {
      const call = this.personalization.uploadCorpus(
        this.metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error, response) => {
          if (error !== null) failed(error);
          else answered(response);
        },
      );
      const send = (message: wire.UploadCorpusRequest) =>
        new Promise<void>((sent) => call.write(message, () => sent()));
      write(send).then(
        () => call.end(),
        () => call.cancel(),
      );
    });
  }

  /** Watches until the run ends, or until `until` says enough. */
  async watch(
    runId: string,
    afterSequence = 0,
    until: (event: RunEvent) => boolean = () => false,
  ): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    const call = this.personalization.watchRun({ runId, afterSequence }, this.metadata, {
      deadline: Date.now() + DEADLINE_MS,
    });
    for await (const { event } of call as AsyncIterable<wire.WatchRunResponse>) {
      if (event === undefined) throw new Error('A message without an event.');
      events.push(event);
      if (until(event)) break;
    }
    call.cancel();
    return events;
  }

  generate(request: GenerateRequest): ClientReadableStream<GenerateResponse> {
    return this.generation.generate(request, this.metadata, { deadline: Date.now() + DEADLINE_MS });
  }

  #call<Request, Response>(name: keyof wire.PersonalizationServiceClient, request: Request): Promise<Response> {
    return new Promise((answered, failed) => {
      const method = this.personalization[name] as unknown as UnaryMethod<Request, Response>;
      method.call(
        this.personalization,
        request,
        this.metadata,
        { deadline: Date.now() + DEADLINE_MS },
        (error, response) => {
          if (error !== null) failed(error);
          else answered(response);
        },
      );
    });
  }
}

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  done: (error: ServiceError | null, response: Response) => void,
) => void;

function pairToWire(pair: Corpus['chunks'][number]['pairs'][number]) {
  return {
    ...pair,
    evidence: [...pair.evidence],
    focalContext: {
      ...pair.focalContext,
      constructors: [...pair.focalContext.constructors],
      methods: [...pair.focalContext.methods],
      fields: [...pair.focalContext.fields],
      relatedTypes: [...pair.focalContext.relatedTypes],
    },
  };
}
