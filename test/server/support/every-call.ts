import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelCredentials,
  credentials,
  Client as GrpcClient,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import { root } from './places.ts';

/** A call of a service, as its .proto file defines it. */
export type CallDefinition = MethodDefinition<object, object>;

/** Every call that the server may have: of our contract, whatever services it has by now, of health and of reflection. */
export function everyCall(): CallDefinition[] {
  const contract = readdirSync(join(root, 'proto', 'bespoke', 'v1')).map((file) => `bespoke/v1/${file}`);
  const packages = join(root, 'node_modules');
  const standard = [
    join(packages, 'grpc-health-check/proto/health/v1/health.proto'),
    join(packages, '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto'),
    join(packages, '@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto'),
  ];
  return [...contract, ...standard].flatMap((file) =>
    Object.values(loadSync(file, { includeDirs: [join(root, 'proto')], longs: Number, enums: String })).flatMap(
      (found) => ('format' in found ? [] : Object.values(found as ServiceDefinition)),
    ),
  );
}

/** What a call came to. Of a stream the first message, which is all that a caller needs to know that it was admitted. */
export interface Outcome {
  readonly status: keyof typeof status;
  readonly details: string;
  readonly answer: object | undefined;
}

/** Makes a call over a connection of its own. An empty token is none. */
export async function makeCall(
  address: string,
  { path, requestStream, responseStream, requestSerialize, responseDeserialize }: CallDefinition,
  request: object,
  token: string,
  channel: ChannelCredentials = credentials.createInsecure(),
): Promise<Outcome> {
  const client = new GrpcClient(address, channel, { 'grpc.enable_http_proxy': 0 });
  const metadata = new Metadata();
  if (token !== '') metadata.set('authorization', `Bearer ${token}`);
  const options = { deadline: Date.now() + 60_000 };
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
  try {
    return await new Promise<Outcome>((done) => {
      let answer: object | undefined;
      stream.on('data', (message: object) => {
        answer ??= message;
        if (responseStream) done({ status: 'OK', details: '', answer });
      });
      stream.on('error', (error: ServiceError) => done({ status: nameOf(error.code), details: error.details, answer }));
      stream.on('end', () => done({ status: 'OK', details: '', answer }));
      stream.write(request);
      // A call that takes one message waits for no more; a stream in both directions stays open until it was answered.
      if (!(requestStream && responseStream)) stream.end();
    });
  } finally {
    stream.cancel();
    client.close();
  }
}

const nameOf = (code: status) => status[code] as keyof typeof status;
