import type { Connection } from '../client/connection.ts';
import { forgetRepository } from '../client/personalization.ts';
import type { ForgetReceipt } from '../client/run.ts';
import { ServerError } from '../client/server-error.ts';
import type { ModelScope } from './model-scopes.ts';

/** Erases all that the server keeps about a repository and its modules. Fails when it keeps nothing about any of them. */
export async function forgetScopes(
  connection: Connection,
  scopes: readonly [ModelScope, ...ModelScope[]],
): Promise<ForgetReceipt> {
  let receipt: ForgetReceipt | undefined;
  let missing: ServerError | undefined;
  for (const { id } of scopes) {
    try {
      const { corpora, runs, adapters, bytes, signed } = await forgetRepository(connection, id);
      receipt = {
        corpora: (receipt?.corpora ?? 0) + corpora,
        runs: (receipt?.runs ?? 0) + runs,
        adapters: (receipt?.adapters ?? 0) + adapters,
        bytes: (receipt?.bytes ?? 0) + bytes,
        signed: [...(receipt?.signed ?? []), ...signed],
      };
    } catch (cause) {
      // Most modules have no model of their own.
      if (!(cause instanceof ServerError) || cause.kind !== 'not-found') throw cause;
      missing ??= cause;
    }
  }
  if (receipt === undefined) throw missing ?? new Error('There is nothing to forget.');
  return receipt;
}
