import {
  type ImportAdapterRequest,
  PersonalizationServiceService as service,
} from '../../proto/gen/bespoke/v1/personalization.ts';
import type { CallLimits, Connection } from './connection.ts';
import type { Adapter, Proof } from './run.ts';
import { adapterFromWire, emptyAnswer, proofFromWire, proofToWire } from './wire.ts';

/** An adapter that goes from one server to another, without its tensors. */
export interface AdapterHeader {
  /** The repository that it was trained for, or that it is imported for. */
  readonly repository: string;
  /** `manifest.json`, byte by byte. */
  readonly manifest: Uint8Array;
  /** Measured where it was trained, without single pairs. */
  readonly proofs: readonly Proof[];
  /** `null` when it is not known. */
  readonly commit: string | null;
  /** Most nearest tests in an input of its training. */
  readonly nearestTests: number;
}

const transferDeadlineMs = 30 * 60_000;
/** The server takes no larger part. */
const mostPartBytes = 1 << 20;

/** The adapter's header and, in order, the bytes of `adapter.safetensors`. Leaving the loop ends the call. */
export async function exportAdapter(
  connection: Connection,
  adapterId: string,
  { signal }: CallLimits = {},
): Promise<{ readonly header: AdapterHeader; readonly data: AsyncIterable<Uint8Array> }> {
  const stream = connection.serverStream(
    service.exportAdapter,
    { adapterId },
    { signal, deadlineMs: transferDeadlineMs },
  );
  const first = await stream.next();
  if (first.done === true || first.value.part?.$case !== 'header') throw emptyAnswer('header');
  const { repository, manifest, proofs, commit, nearestTests } = first.value.part.value;
  async function* data(): AsyncGenerator<Uint8Array> {
    for await (const { part } of stream) if (part?.$case === 'data') yield part.value;
  }
  return {
    header: { repository, manifest, proofs: proofs.map(proofFromWire), commit: commit || null, nearestTests },
    data: data(),
  };
}

/** Registers an adapter on the server; when this returns the server has checked it and has all of it on disk. */
export async function importAdapter(
  connection: Connection,
  header: AdapterHeader,
  data: AsyncIterable<Uint8Array>,
  { signal }: CallLimits = {},
): Promise<Adapter> {
  async function* messages(): AsyncGenerator<ImportAdapterRequest> {
    const { repository, manifest, proofs, commit, nearestTests } = header;
    const value = { repository, manifest, proofs: proofs.map(proofToWire), commit: commit ?? '', nearestTests };
    yield { part: { $case: 'header', value } };
    for await (const bytes of data) {
      for (let at = 0; at < bytes.length; at += mostPartBytes)
        yield { part: { $case: 'data', value: bytes.subarray(at, at + mostPartBytes) } };
    }
  }
  const limits = { signal, deadlineMs: transferDeadlineMs };
  return adapterFromWire((await connection.clientStream(service.importAdapter, messages(), limits)).adapter);
}
