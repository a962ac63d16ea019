import type { Connection } from '../client/connection.ts';
import { forgetRepository } from '../client/personalization.ts';
import type { ForgetReceipt } from '../client/run.ts';
import { ServerError } from '../client/server-error.ts';
import type { ModelScope } from './model-scopes.ts';

/** Erases all that some servers keep about a repository and its modules. Fails when none keeps anything about any of them. */
export async function forgetScopes(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  scopes: readonly [ModelScope, ...ModelScope[]],
): Promise<ForgetReceipt> {
  let receipt: ForgetReceipt | undefined;
  let missing: ServerError | undefined;
  for await (const connection of connections) {
    for (const { id } of scopes) {
      try {
        receipt = sum(receipt, await forgetRepository(connection, id));
      } catch (cause) {
        // Most modules have no model of their own.
        if (!(cause instanceof ServerError) || cause.kind !== 'not-found') throw cause;
        missing ??= cause;
      }
    }
  }
  if (receipt === undefined) throw missing ?? new Error('There is nothing to forget.');
  return receipt;
}

function sum(earlier: ForgetReceipt | undefined, receipt: ForgetReceipt): ForgetReceipt {
  if (earlier === undefined) return receipt;
  return {
    corpora: earlier.corpora + receipt.corpora,
    runs: earlier.runs + receipt.runs,
    adapters: earlier.adapters + receipt.adapters,
    bytes: earlier.bytes + receipt.bytes,
    signed: [...earlier.signed, ...receipt.signed],
  };
}
