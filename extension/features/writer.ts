import type { Connection } from '../client/connection.ts';
import type { ModelChoice } from '../client/generation.ts';
import { listAdapters } from '../client/personalization.ts';
import { ServerError } from '../client/server-error.ts';
import type { MinedRepository } from '../workspace/mine-repository.ts';
import { moduleOfFile } from '../workspace/repository-modules.ts';

/** Who writes a test. */
export interface Writer {
  /** The name under which the server keeps the model. */
  readonly repository: string;
  readonly model: ModelChoice;
  /** In words for the user, for instance `the model of module orders`. */
  readonly name: string;
}

/** Who writes for a file: the active model of its module, else that of the repository, else the base. */
export async function writerFor(
  connection: Connection,
  repository: MinedRepository,
  file: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Writer> {
  const { id } = repository.identity;
  const module = moduleOfFile(repository, file);
  const hasModel = async (name: string) =>
    (await listAdapters(connection, name, { signal })).some(({ active }) => active);
  try {
    if (module !== undefined && (await hasModel(module.id)))
      return { repository: module.id, model: { kind: 'active' }, name: `the model of module ${module.path}` };
    const model = { kind: 'active' } as const;
    return { repository: id, model, name: (await hasModel(id)) ? 'the model of this repository' : baseName };
  } catch (cause) {
    // A server that lists no models has none to choose from.
    if (!(cause instanceof ServerError) || cause.kind !== 'incompatible') throw cause;
    return { repository: id, model: { kind: 'active' }, name: 'the model of this repository' };
  }
}

/** The base, by the user's own choice. */
export function baseWriter(repository: MinedRepository): Writer {
  return { repository: repository.identity.id, model: { kind: 'base' }, name: baseName };
}

const baseName = 'the base model';
