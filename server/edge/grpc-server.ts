import { Server, ServerCredentials, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import { GenerationServiceService } from '../../proto/gen/bespoke/v1/generation.ts';
import { PersonalizationServiceService } from '../../proto/gen/bespoke/v1/personalization.ts';
import type { AdapterTransfer } from '../adapters/adapter-transfer.ts';
import { messageTooLarge, startRefused } from '../errors.ts';
import type { ForgetFlow } from '../flow-forget.ts';
import type { GenerateFlow } from '../flow-generate.ts';
import type { PersonalizeFlow } from '../flow-personalize.ts';
import type { RunBlocksFlow } from '../flow-run-blocks.ts';
import type { TokenLedger } from '../ledger/tokens.ts';
import type { Log } from '../log.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import type { TenantQuotas } from '../quotas/tenant-quotas.ts';
import type { People } from '../sign-in/people.ts';
import type { Traces } from '../traces/span.ts';
import { Authorization } from './authorization.ts';
import { Calls } from './calls.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import type { RenewableCredentials } from './certificates.ts';
import { generationService } from './generation-service.ts';
import { Health } from './health.ts';
import { measuredCalls } from './measured-calls.ts';
import { personalizationService, type ServerDescription } from './personalization-service.ts';
import { addReflection } from './reflection.ts';
import { TracedCalls } from './traced-calls.ts';

/** Largest message that is received, in bytes: a chunk of 1 MiB with room to spare. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** What is served. */
export interface ServedParts {
  readonly personalize: PersonalizeFlow;
  readonly transfer: AdapterTransfer;
  readonly generate: GenerateFlow;
  readonly runBlocks: RunBlocksFlow;
  readonly forget: ForgetFlow;
  readonly tokens: TokenLedger;
  /** `undefined` where nobody signs in. */
  readonly people: People | undefined;
  readonly quotas: TenantQuotas;
  readonly metrics: ServerMetrics;
  readonly traces: Traces;
  readonly log: Log;
  readonly description: Omit<ServerDescription, 'maxMessageBytes'>;
  /** Folder with the contract's `.proto` files. */
  readonly protoDir: string;
}

/** Where and how it is served. */
export interface Endpoint {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** `null` only on loopback. */
  readonly tls: RenewableCredentials | null;
  /** How long calls in flight may take to finish when the server is closed. */
  readonly drainMs: number;
}

/** A server that answers. */
export interface ServingServer {
  /** Host and port. */
  readonly address: string;
  /** Says NOT_SERVING, lets calls in flight finish, ends what has not by then, closes the port. */
  close(): Promise<void>;
}

/** Serves both services with health and reflection. Throws `BespokeError` `start-refused` when the port cannot be had. */
export async function serve(parts: ServedParts, endpoint: Endpoint): Promise<ServingServer> {
  const { tokens, log } = parts;
  const authorization = new Authorization(tokens, log, parts.quotas, parts.people);
  const inFlight = new CallsInFlight();
  const traced = new TracedCalls(parts.traces);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    // Finds clients that went without a word, so that their uploads and streams do not stay open.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    interceptors: [
      sayTooLargeClearly,
      measuredCalls(parts.metrics),
      traced.interceptor,
      inFlight.interceptor,
      authorization.interceptor,
    ],
  });
  const [draining, shutdown] = [new AbortController(), new AbortController()];
  const calls = new Calls({ authorization, log, traced, draining: draining.signal, shutdown: shutdown.signal });
  const description = { ...parts.description, maxMessageBytes: MAX_MESSAGE_BYTES };
  server.addService(
    PersonalizationServiceService,
    personalizationService(parts.personalize, parts.transfer, parts.forget, description, calls),
  );
  server.addService(GenerationServiceService, generationService(parts.generate, parts.runBlocks, calls));
  const health = new Health();
  health.addTo(server);
  addReflection(server, parts.protoDir);
  const port = await bind(server, endpoint);
  return {
    address: `${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${port}`,
    close: async () => {
      health.stopServing();
      draining.abort();
      const unfinished = await inFlight.drain(endpoint.drainMs);
      if (unfinished > 0) log.warn('calls-cut', { unfinished });
      shutdown.abort();
      await new Promise<void>((closed) => {
        const force = setTimeout(() => server.forceShutdown(), CLOSE_GRACE_MS);
        server.tryShutdown(() => {
          clearTimeout(force);
          endpoint.tls?.close();
          closed();
        });
      });
    },
  };
}

/** How long calls that were ended may take to go; watchers of health never do by themselves. */
const CLOSE_GRACE_MS = 1500;

function bind(server: Server, { host, port, tls }: Endpoint): Promise<number> {
  const credentials = tls ?? ServerCredentials.createInsecure();
  return new Promise((bound, failed) => {
    server.bindAsync(`${host.includes(':') ? `[${host}]` : host}:${port}`, credentials, (cause, boundPort) => {
      if (cause === null) bound(boundPort);
      else
        failed(
          startRefused(`The port ${port} of ${host} cannot be used: free it, or choose another with --port.`, {
            cause,
          }),
        );
    });
  });
}

/**
 * grpc-js refuses a message that is too large as soon as its length is read, with a text that does not say what to do. Interceptors do not
 * see that status on its way out, so it is replaced where the call sends it.
 */
const sayTooLargeClearly: ServerInterceptor = (_method, call) => {
  const sendStatus = call.sendStatus.bind(call);
  call.sendStatus = (sent) => {
    const isOurs = sent.code === status.RESOURCE_EXHAUSTED && /larger than/.test(sent.details);
    sendStatus(isOurs ? { ...sent, details: messageTooLarge(MAX_MESSAGE_BYTES).message } : sent);
  };
  return new ServerInterceptingCall(call);
};
