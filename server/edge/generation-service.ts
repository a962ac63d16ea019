import type * as wire from '../../proto/gen/bespoke/v1/generation.ts';
import type { GenerateFlow } from '../flow-generate.ts';
import type { RunBlocksFlow } from '../flow-run-blocks.ts';
import type { Calls } from './calls.ts';
import { blocksRequestFromWire, statesToWire } from './convert-blocks.ts';
import { candidatePartToWire, candidateRequestFromWire } from './convert-generation.ts';

/** `bespoke.v1.GenerationService` over the flows. */
export function generationService(
  generate: GenerateFlow,
  runBlocks: RunBlocksFlow,
  calls: Calls,
): wire.GenerationServiceServer {
  return {
    generate: calls.serverStream<wire.GenerateRequest, wire.GenerateResponse>(
      async function* (caller, request, signal, span) {
        for await (const part of generate.generate(caller, candidateRequestFromWire(request), signal, span))
          yield candidatePartToWire(part);
      },
    ),
    runBlocks: calls.bidiStream<wire.RunBlocksRequest, wire.RunBlocksResponse>(
      async function* (caller, requests, signal) {
        for await (const states of runBlocks.run(caller, converted(requests), signal)) yield statesToWire(states);
      },
    ),
  };
}

async function* converted(requests: AsyncIterable<wire.RunBlocksRequest>) {
  for await (const request of requests) yield blocksRequestFromWire(request);
}
