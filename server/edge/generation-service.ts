import type * as wire from '../../proto/gen/bespoke/v1/generation.ts';
import type { GenerateFlow } from '../flow-generate.ts';
import type { Calls } from './calls.ts';
import { candidatePartToWire, candidateRequestFromWire } from './convert-generation.ts';

/** `bespoke.v1.GenerationService` over the flow. */
export function generationService(flow: GenerateFlow, calls: Calls): wire.GenerationServiceServer {
  return {
    generate: calls.serverStream<wire.GenerateRequest, wire.GenerateResponse>(
      async function* (caller, request, signal, span) {
        for await (const part of flow.generate(caller, candidateRequestFromWire(request), signal, span))
          yield candidatePartToWire(part);
      },
    ),
  };
}
