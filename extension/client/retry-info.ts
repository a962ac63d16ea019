import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Metadata } from '@grpc/grpc-js';

/** The time after which a server says that the call may succeed, from `google.rpc.RetryInfo` in its trailer; `undefined` without one. */
export function retryAfterMsOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error && 'metadata' in cause && cause.metadata instanceof Metadata)) return undefined;
  const [status] = cause.metadata.get('grpc-status-details-bin');
  if (!(status instanceof Uint8Array)) return undefined;
  try {
    for (const detail of fieldsOf(status, 3)) {
      const [type] = fieldsOf(detail, 1);
      const [info] = fieldsOf(detail, 2);
      if (info === undefined || Buffer.from(type ?? []).toString() !== 'type.googleapis.com/google.rpc.RetryInfo')
        continue;
      for (const duration of fieldsOf(info, 1)) return durationMs(duration);
    }
  } catch {
    // A trailer that cannot be read says nothing.
  }
  return undefined;
}

/** The bytes of a message's field, once for each time that it is there. */
function fieldsOf(message: Uint8Array, field: number): Uint8Array[] {
  const reader = new BinaryReader(message);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === field && wireType === 2) found.push(reader.bytes());
    else reader.skip(wireType);
  }
  return found;
}

function durationMs(duration: Uint8Array): number {
  const reader = new BinaryReader(duration);
  let ms = 0;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1) ms += Number(reader.int64()) * 1000;
    else if (number === 2) ms += reader.int32() / 1_000_000;
    else reader.skip(wireType);
  }
  return ms;
}
