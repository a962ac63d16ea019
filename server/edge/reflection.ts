import type { Server } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';

/** The standard reflection service; it reads the contract from `protoDir`, the folder `proto/` or its copy beside the bundle. */
export function addReflection(server: Server, protoDir: string): void {
  const files = ['bespoke/v1/personalization.proto', 'bespoke/v1/generation.proto'];
  new ReflectionService(loadSync(files, { includeDirs: [protoDir], keepCase: true })).addToServer(server);
}
