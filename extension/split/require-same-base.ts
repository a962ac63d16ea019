import type { CallLimits, Connection } from '../client/connection.ts';
import { describeServer } from '../client/personalization.ts';
import type { OwnModel } from './own-model.ts';
import { SplitError } from './split-error.ts';

/** Throws `SplitError` when the server's blocks are those of another base; to be asked once before texts are written. Fails with `ServerError`. */
export async function requireSameBase(connection: Connection, own: OwnModel, limits?: CallLimits): Promise<void> {
  const { baseModel } = await describeServer(connection, limits);
  if (baseModel?.sha256 === own.baseModelSha256) return;
  throw new SplitError(
    `The server at ${connection.address} has another base model than this one was trained on: choose a server with the same base, or personalize again.`,
  );
}
