import { createHash } from 'node:crypto';
import { importAdapter } from '../../extension/client/adapter-transfer.ts';
import { Connection } from '../../extension/client/connection.ts';
import { describeServer } from '../../extension/client/personalization.ts';
import { localToken } from '../server/support/server-under-test.ts';

/** Gives the server a valid adapter of about so many bytes, a prefix of zeros for the tiny Llama; returns its id. */
export async function importLargeAdapter(address: string, bytes: number): Promise<string> {
  const connection = new Connection({ address, token: localToken, tls: false });
  const { baseModel } = await describeServer(connection);
  if (baseModel === null) throw new Error('The server names no base model.');
  const prefixLength = Math.ceil(bytes / 2 / BYTES_OF_A_POSITION);
  const shape = [3, prefixLength, 2, 8];
  const size = prefixLength * BYTES_OF_A_POSITION;
  const names = ['prefix.decoder.keys', 'prefix.decoder.values'];
  const entries = names.map((name, at) => [name, { dtype: 'F32', shape, data_offsets: [at * size, (at + 1) * size] }]);
  const header = JSON.stringify(Object.fromEntries(entries));
  const padded = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const tensors = Buffer.concat([length, padded, Buffer.alloc(2 * size)]);
  const sha256 = createHash('sha256').update(tensors).digest('hex');
  const manifest = {
    ...{ format: 1, runId: 'large', strategy: 'prefix', family: baseModel.family, baseModelSha256: baseModel.sha256 },
    ...{ corpusSha256: '', trainedParameters: size / 2, prefixLength, frozenBlocks: null, options: {}, metrics: {} },
    tensors: Object.fromEntries(names.map((name) => [name, { shape, dtype: 'F32' }])),
    files: { 'adapter.safetensors': { sha256, bytes: tensors.length } },
  };
  async function* parts() {
    for (let at = 0; at < tensors.length; at += 1 << 20) yield tensors.subarray(at, at + (1 << 20));
  }
  const said = { repository: 'large', manifest: Buffer.from(JSON.stringify(manifest)), proofs: [], commit: null };
  const { id } = await importAdapter(connection, { ...said, nearestTests: 4 }, parts());
  connection.close();
  return id;
}

/** Of three blocks with two heads of eight numbers each, keys or values. */
const BYTES_OF_A_POSITION = 3 * 2 * 8 * 4;
