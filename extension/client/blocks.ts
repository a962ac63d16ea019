import { Stack, GenerationServiceService as service } from '../../proto/gen/bespoke/v1/generation.ts';
import type { Connection } from './connection.ts';

/** The blocks of the server's base model, for one text. `end` it. Each method fails with `ServerError`. */
export interface BlocksSession {
  /** Encoder-decoder only, once, before all else: the whole input, [rows, hidden size]. */
  encode(states: Float32Array): Promise<void>;
  /**
   * Reads rows [rows, hidden size] at the positions from `firstPosition` on, in place of what the session had there. Returns the last
   * `wantedRows` of them as the output layer takes them, [wanted, hidden size].
   */
  decode(firstPosition: number, states: Float32Array, wantedRows: number): Promise<Float32Array>;
  end(): void;
}

const deadlineMs = 5 * 60_000;

/** Begins a session. Only hidden states are sent in it. */
export function beginBlocks(connection: Connection, signal?: AbortSignal): BlocksSession {
  const exchange = connection.exchange(service.runBlocks, { deadlineMs, signal });
  return {
    async encode(states) {
      await exchange.ask({ stack: Stack.STACK_ENCODER, firstPosition: 0, wantedRows: 0, states: bytesOf(states) });
    },
    async decode(firstPosition, states, wantedRows) {
      const request = { stack: Stack.STACK_DECODER, firstPosition, wantedRows, states: bytesOf(states) };
      const response = await exchange.ask(request);
      // Copied, because bytes of a message need not lie where a number may.
      return new Float32Array(new Uint8Array(response.states).buffer);
    },
    end: () => exchange.close(),
  };
}

const bytesOf = (states: Float32Array) => new Uint8Array(states.buffer, states.byteOffset, states.byteLength);
