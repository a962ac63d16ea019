import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Metadata, type status } from '@grpc/grpc-js';

/**
 * The trailer that says when to try again, in the standard's own form: a `google.rpc.Status` with a `google.rpc.RetryInfo` in
 * `grpc-status-details-bin`. The three messages are small enough to be written by hand.
 */
export function retryInfo({ code, details }: { code: status; details: string }, afterMs: number): Metadata {
  const wholeMs = Math.ceil(afterMs);
  const seconds = Math.floor(wholeMs / 1000);
  const duration = new BinaryWriter().uint32(tag(1, 0)).int64(seconds).uint32(tag(2, 0));
  duration.int32((wholeMs - seconds * 1000) * 1_000_000);
  const info = new BinaryWriter().uint32(tag(1, 2)).bytes(duration.finish());
  const any = new BinaryWriter().uint32(tag(1, 2)).string('type.googleapis.com/google.rpc.RetryInfo');
  any.uint32(tag(2, 2)).bytes(info.finish());
  const rpcStatus = new BinaryWriter().uint32(tag(1, 0)).int32(code).uint32(tag(2, 2)).string(details);
  rpcStatus.uint32(tag(3, 2)).bytes(any.finish());
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(rpcStatus.finish()));
  return metadata;
}

/** Field number and wire type: 0 is a number, 2 has a length. */
const tag = (field: number, wireType: 0 | 2) => (field << 3) | wireType;
