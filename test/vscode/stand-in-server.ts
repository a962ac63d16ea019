import { Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, status } from '@grpc/grpc-js';
import {
  type GenerateRequest,
  type GenerateResponse,
  GenerationServiceService,
} from '../../proto/gen/bespoke/v1/generation.ts';
import {
  type GetServerRequest,
  GetServerResponse,
  PersonalizationServiceService,
} from '../../proto/gen/bespoke/v1/personalization.ts';

export const standInToken = 'token-of-the-stand-in';

/**
 * A server that is none: it asks for the token, says who it is, and answers `Generate` with texts that are known beforehand. Only for tests of
 * what the editor does with tests of every kind; how well a model writes them is measured elsewhere.
 */
export class StandInServer {
  readonly address: string;
  readonly #server: Server;

  private constructor(address: string, server: Server) {
    this.address = address;
    this.#server = server;
  }

  /** `candidates` by focal method, best first; `rewritten` by the text that is to be written anew. */
  static async start(
    candidates: Readonly<Record<string, readonly string[]>>,
    rewritten: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<StandInServer> {
    const server = new Server();
    server.addService(
      { getServer: PersonalizationServiceService.getServer, generate: GenerationServiceService.generate },
      {
        getServer: (
          call: ServerUnaryCall<GetServerRequest, GetServerResponse>,
          answer: (error: object | null, response?: GetServerResponse) => void,
        ) => {
          if (!isAllowed(call)) return answer({ code: status.UNAUTHENTICATED, details: 'no such token' });
          const baseModel = { name: 'stand-in', sha256: 'a'.repeat(64), parameters: 1, family: 'decoder-only' };
          answer(null, GetServerResponse.fromPartial({ version: '9.9.9', tenant: 'local', baseModel }));
        },
        generate: (call: ServerWritableStream<GenerateRequest, GenerateResponse>) => {
          const { faulty, focalMethod } = call.request;
          const texts = faulty === undefined ? candidates[focalMethod] : rewritten[faulty.text];
          for (const [rank, text] of (texts ?? []).entries()) {
            const value = { rank, text, logProbability: -rank, tokens: 1, complete: true };
            call.write({ part: { $case: 'candidate', value } });
          }
          call.write({ part: { $case: 'finished', value: { durationMs: 1 } } });
          call.end();
        },
      },
    );
    const port = await new Promise<number>((bound, failed) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, at) =>
        error === null ? bound(at) : failed(error),
      ),
    );
    return new StandInServer(`127.0.0.1:${port}`, server);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

function isAllowed({ metadata }: Pick<ServerUnaryCall<unknown, unknown>, 'metadata'>): boolean {
  return metadata.get('authorization')[0] === `Bearer ${standInToken}`;
}
