import { GenerationServiceService } from '../../proto/gen/bespoke/v1/generation.ts';
import { PersonalizationServiceService } from '../../proto/gen/bespoke/v1/personalization.ts';
import { type Role, roles } from '../caller.ts';

/** Who may make a call: whoever connects, without a token, or callers with one of these roles. */
export type Access = 'anyone' | readonly Role[];

const developers: readonly Role[] = ['developer', 'maintainer'];
const maintainers: readonly Role[] = ['maintainer'];

/** The compiler asks for a new call's roles here. */
const personalization: Readonly<Record<keyof typeof PersonalizationServiceService, Access>> = {
  getServer: roles,
  getUpload: developers,
  uploadCorpus: developers,
  startRun: developers,
  watchRun: developers,
  cancelRun: developers,
  getRun: developers,
  listRuns: developers,
  listAdapters: developers,
  activateAdapter: maintainers,
  rollBackAdapter: maintainers,
  exportAdapter: maintainers,
  importAdapter: maintainers,
  forgetRepository: maintainers,
  getForgetReceipt: maintainers,
};

const generation: Readonly<Record<keyof typeof GenerationServiceService, Access>> = {
  generate: developers,
  runBlocks: developers,
};

/**
 * Health is for balancers and probes, which carry no token. Reflection describes the contract, which is published. Neither knows anything
 * of a tenant.
 */
const open = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/List',
  '/grpc.health.v1.Health/Watch',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/** By the path of the call; what is not here may be called by nobody. */
export const accessOf: ReadonlyMap<string, Access> = new Map([
  ...byPath(PersonalizationServiceService, personalization),
  ...byPath(GenerationServiceService, generation),
  ...open.map((path): [string, Access] => [path, 'anyone']),
]);

function byPath<Name extends string>(
  service: Readonly<Record<Name, { readonly path: string }>>,
  access: Readonly<Record<Name, Access>>,
): [string, Access][] {
  return (Object.keys(access) as Name[]).map((name) => [service[name].path, access[name]]);
}
