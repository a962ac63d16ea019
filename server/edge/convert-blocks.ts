import { type RunBlocksRequest, type RunBlocksResponse, Stack } from '../../proto/gen/bespoke/v1/generation.ts';
import { invalidRequest } from '../errors.ts';
import type { BlocksRequest } from '../generation/blocks.ts';

/** Throws `BespokeError` `invalid-request` for a request that chooses no blocks or holds broken numbers. */
export function blocksRequestFromWire(request: RunBlocksRequest): BlocksRequest {
  const { firstPosition, wantedRows } = request;
  switch (request.stack) {
    case Stack.STACK_ENCODER:
      return { stack: 'encoder', states: numbersOf(request.states) };
    case Stack.STACK_DECODER:
      return { stack: 'decoder', firstPosition, wantedRows, states: numbersOf(request.states) };
    // Unknown numbers come as they are.
    default:
      throw invalidRequest('The request chooses no blocks', 'set stack to STACK_ENCODER or STACK_DECODER');
  }
}

export function statesToWire(states: Float32Array): RunBlocksResponse {
  return { states: new Uint8Array(states.buffer, states.byteOffset, states.byteLength) };
}

/** Copied, because numbers of a message need not lie where a number may. */
function numbersOf(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0)
    throw invalidRequest(
      `The ${bytes.byteLength} bytes of hidden states are not whole numbers`,
      'send fp32, little-endian',
    );
  return new Float32Array(new Uint8Array(bytes).buffer);
}
