import type * as personalization from '../../proto/gen/bespoke/v1/personalization.ts';
import type { Adapter } from '../adapters/adapter.ts';
import type { AdapterHeader } from '../adapters/adapter-transfer.ts';
import { invalidRequest } from '../errors.ts';
import { proofFromWire, proofToWire, withoutPairs } from './convert-run.ts';
import { nearestTestsFromWire, strategyToWire } from './convert-strategy.ts';

export function adapterToWire(adapter: Adapter): personalization.Adapter {
  return {
    id: adapter.id,
    repository: adapter.repository,
    runId: adapter.runId,
    strategy: strategyToWire[adapter.strategy],
    active: adapter.active,
    bytes: adapter.bytes,
    trainedParameters: adapter.trainedParameters,
    createdMs: adapter.createdMs,
    baseModelSha256: adapter.baseModelSha256,
    commit: adapter.commit,
  };
}

export function adapterHeaderToWire(header: AdapterHeader): personalization.AdapterHeader {
  const { repository, manifest, proofs, commit, nearestTests } = header;
  return { repository, manifest, proofs: proofs.map(withoutPairs).map(proofToWire), commit, nearestTests };
}

/** Throws `BespokeError` `invalid-request` for a first message that is no header. */
export function adapterHeaderFromWire(first: IteratorResult<personalization.ImportAdapterRequest>): AdapterHeader {
  if (first.done === true || first.value.part?.$case !== 'header')
    throw invalidRequest('The import does not begin with its header', 'send the header as the first message');
  const { repository, manifest, proofs, commit, nearestTests } = first.value.part.value;
  return {
    repository,
    manifest,
    proofs: proofs.map(proofFromWire),
    commit,
    nearestTests: nearestTestsFromWire(nearestTests),
  };
}

export async function* adapterDataFromWire(
  messages: AsyncIterator<personalization.ImportAdapterRequest>,
): AsyncGenerator<Uint8Array> {
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    if (next.value.part?.$case !== 'data')
      throw invalidRequest('A message of the import holds no data', 'send data after the header, and one header only');
    yield next.value.part.value;
  }
}
