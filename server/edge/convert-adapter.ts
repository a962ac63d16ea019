import type * as personalization from '../../proto/gen/bespoke/v1/personalization.ts';
import type { Adapter } from '../adapters/adapter.ts';
import { strategyToWire } from './convert-strategy.ts';

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
