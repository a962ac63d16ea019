import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isSafeUrl } from '../core/sign-in/safe-url.ts';
import { type Role, roles } from './caller.ts';
import { startRefused } from './errors.ts';
import { bestPrecision } from './generation/best-precision.ts';
import type { Precision } from './generation/graph-description.ts';
import type { NewToken } from './ledger/tokens.ts';
import type { MetricsEndpoint } from './metrics/metrics-endpoint.ts';
import type { WantedPlace } from './open-artifacts.ts';
import type { Quotas } from './quotas/tenant-quotas.ts';
import { isSimpleName } from './request-checks.ts';
import type { IdentityProviderSettings } from './sign-in/identity-provider.ts';
import type { ClaimNames } from './sign-in/people.ts';

/** How the server was started. Paths as given. */
export interface ServeFlags {
  readonly command: 'serve';
  readonly dataDir: string;
  readonly baseModelDir: string;
  /** Interpreter of the trainer's Python environment. */
  readonly python: string;
  /** Folder that holds the package `bespoke_trainer`. */
  readonly trainerDir: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** PostgreSQL; not set for the embedded database. */
  readonly databaseUrl: string | undefined;
  /** The object store for artifacts; not set for the data folder. */
  readonly artifacts: WantedPlace | undefined;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** PEM of the authority whose clients may connect; not set for any client. */
  readonly clientCa: string | undefined;
  /** Whose sign-ins are taken, and what they say; not set for nobody's. */
  readonly signIn: SignInFlags | undefined;
  /** Most runs at the same time. */
  readonly maxRuns: number;
  /** The Ray cluster whose nodes train; not set for this machine. */
  readonly ray: RayFlags | undefined;
  /** The Ray cluster whose nodes generate; not set for a thread of this process. */
  readonly generators: GeneratorFlags | undefined;
  /** When not set: the best for this machine. */
  readonly generationPrecision: Precision;
  /** Threads of generation, of each worker. */
  readonly generationThreads: number;
  /** What adapters may take in each worker's memory, beside the base model. */
  readonly adapterMemoryBytes: number;
  /** What each tenant may take. */
  readonly quotas: Quotas;
  /** Where Prometheus reads; not set for nowhere. */
  readonly metrics: MetricsEndpoint | undefined;
  /** Port of loopback for the operator's page, 0 for any free one; not set for none. */
  readonly operatorPagePort: number | undefined;
  /** The OTLP/HTTP receiver of traces, as the base of its paths; not set for none. */
  readonly traces: URL | undefined;
  /** How long calls in flight may take to finish when the server is told to stop. */
  readonly drainSeconds: number;
  /** Shut down when standard input closes, as it does when the parent ends in whatever way. */
  readonly exitWithParent: boolean;
}

/** Trainers on a Ray cluster. */
export interface RayFlags {
  /** Of its dashboard. */
  readonly url: URL;
  /** What a trainer takes of a node. */
  readonly cpus: number;
  readonly gpus: number;
  /** How long a job waits for another run. */
  readonly idleSeconds: number;
}

/** Generation workers on a Ray cluster. */
export interface GeneratorFlags {
  /** Of its dashboard. */
  readonly url: URL;
  readonly workers: number;
}

/** People who sign in with an OpenID Connect provider. */
export interface SignInFlags extends IdentityProviderSettings {
  readonly claims: ClaimNames;
}

/** Looks after tokens, in the ledger of a server that serves elsewhere or not at the moment. */
export type TokenFlags = {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
} & (
  | { readonly command: 'token create'; readonly token: NewToken }
  | { readonly command: 'token list' }
  | { readonly command: 'token revoke'; readonly tenant: string; readonly name: string }
);

/** Erases a whole tenant, while no server runs on the data folder. */
export interface TenantFlags {
  readonly command: 'tenant forget';
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly tenant: string;
}

/** Looks at receipts of what was forgotten. Verifying one needs nothing but its file. */
export type ReceiptFlags =
  | { readonly command: 'receipt key'; readonly dataDir: string }
  | {
      readonly command: 'receipt verify';
      readonly file: string;
      /** What the key, the tenant and the repository have to be; not checked when not given. */
      readonly fingerprint: string | undefined;
      readonly tenant: string | undefined;
      readonly repository: string | undefined;
    };

/** Backs up a data folder that no server uses. */
export interface BackUpFlags {
  readonly command: 'backup';
  readonly dataDir: string;
  /** A new file, or a folder for one. */
  readonly to: string;
}

/** Makes a data folder of a backup. */
export interface RestoreFlags {
  readonly command: 'restore';
  /** A new or empty folder. */
  readonly dataDir: string;
  readonly from: string;
  /** Folder with the receipts of what was forgotten since the backup; an empty one says that nothing was. */
  readonly receipts: string;
}

export type BackupFlags = BackUpFlags | RestoreFlags;

/** What the program was started for. */
export type Flags = { readonly command: 'help' } | ServeFlags | TokenFlags | TenantFlags | ReceiptFlags | BackupFlags;

/** Reads the command line. Throws `BespokeError` `start-refused` that names what is missing. */
export function parseFlags(args: readonly string[]): Flags {
  const { values, positionals } = parse(args);
  if (values.help === true) return { command: 'help' };
  const command = positionals.join(' ');
  if (command === 'receipt verify') {
    const { fingerprint, tenant, repository } = values;
    return { command, file: required('file', values.file), fingerprint, tenant, repository };
  }
  const dataDir = required('data-dir', values['data-dir']);
  const databaseUrl = values['database-url'];
  switch (command) {
    case '':
      break;
    case 'token create':
      return { command, dataDir, databaseUrl, token: newToken(values) };
    case 'token list':
      return { command, dataDir, databaseUrl };
    case 'token revoke':
      return {
        command,
        dataDir,
        databaseUrl,
        tenant: required('tenant', values.tenant),
        name: required('name', values.name),
      };
    case 'tenant forget':
      return { command, dataDir, databaseUrl, tenant: required('tenant', values.tenant) };
    case 'receipt key':
      return { command, dataDir };
    case 'backup':
      requireEmbedded(databaseUrl);
      return { command, dataDir, to: required('to', values.to) };
    case 'restore':
      requireEmbedded(databaseUrl);
      return {
        command,
        dataDir,
        from: required('from', values.from),
        receipts: required('receipts', values.receipts),
      };
    default:
      throw startRefused(
        `There is no command "${command}": leave it out to serve, or use "token create", "token list", "token revoke", "tenant forget", "receipt key", "receipt verify", "backup" or "restore".`,
      );
  }
  return {
    command: 'serve',
    dataDir,
    baseModelDir: required('base-model-dir', values['base-model-dir']),
    python: required('python', values.python),
    trainerDir: required('trainer-dir', values['trainer-dir']),
    host: values.host ?? '127.0.0.1',
    port: wholeNumber('port', values.port ?? '0', 0, 65_535),
    databaseUrl,
    artifacts: artifacts(values),
    tlsCert: values['tls-cert'],
    tlsKey: values['tls-key'],
    clientCa: values['client-ca'],
    signIn: signIn(values),
    maxRuns: wholeNumber('max-runs', values['max-runs'] ?? '1', 1, 64),
    ray: ray(values),
    generators: generators(values),
    generationPrecision: precision(values['generation-precision'] ?? bestPrecision()),
    generationThreads: wholeNumber(
      'generation-threads',
      values['generation-threads'] ?? String(Math.min(8, availableParallelism())),
      1,
      256,
    ),
    adapterMemoryBytes: wholeNumber('adapter-memory-mib', values['adapter-memory-mib'] ?? '3072', 1, 1e9) * 1024 * 1024,
    quotas: quotas(values),
    metrics:
      values['metrics-port'] === undefined
        ? undefined
        : {
            host: values['metrics-host'] ?? '127.0.0.1',
            port: wholeNumber('metrics-port', values['metrics-port'], 0, 65_535),
          },
    operatorPagePort:
      values['operator-page-port'] === undefined
        ? undefined
        : wholeNumber('operator-page-port', values['operator-page-port'], 0, 65_535),
    traces: traces(values.traces),
    drainSeconds: wholeNumber('drain-seconds', values['drain-seconds'] ?? '25', 0, 600),
    exitWithParent: values['exit-with-parent'] ?? false,
  };
}

const text = { type: 'string' } as const;

/** Every flag there is. */
export const FLAGS = {
  'data-dir': text,
  'base-model-dir': text,
  python: text,
  'trainer-dir': text,
  host: text,
  port: text,
  'database-url': text,
  artifacts: text,
  'artifacts-endpoint': text,
  'artifacts-cache-mib': text,
  'tls-cert': text,
  'tls-key': text,
  'client-ca': text,
  'oidc-issuer': text,
  'oidc-audience': text,
  'oidc-tenant-claim': text,
  'oidc-role-claim': text,
  'max-runs': text,
  trainers: text,
  'trainer-cpus': text,
  'trainer-gpus': text,
  'trainer-idle-seconds': text,
  generators: text,
  'generation-workers': text,
  'generation-precision': text,
  'generation-threads': text,
  'adapter-memory-mib': text,
  'tenant-uploads': text,
  'tenant-generations': text,
  'tenant-queued-runs': text,
  'tenant-stored-mib': text,
  'tenant-requests-per-second': text,
  'metrics-host': text,
  'metrics-port': text,
  'operator-page-port': text,
  traces: text,
  'drain-seconds': text,
  'exit-with-parent': { type: 'boolean' },
  tenant: text,
  name: text,
  role: text,
  repositories: text,
  'expires-days': text,
  file: text,
  fingerprint: text,
  repository: text,
  from: text,
  to: text,
  receipts: text,
  help: { type: 'boolean' },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS });
  } catch (cause) {
    throw startRefused(`The command line was not understood: ${(cause as Error).message.split('. ')[0]}.`, { cause });
  }
}

type Values = ReturnType<typeof parse>['values'];

/** A token ends by itself unless somebody thinks of making a new one: this is how long that may take. */
const EXPIRES_DAYS = '90';

function newToken(values: Values): NewToken {
  const days = wholeNumber('expires-days', values['expires-days'] ?? EXPIRES_DAYS, 1, 3650);
  return {
    tenantName: required('tenant', values.tenant),
    name: simpleName('name', required('name', values.name)),
    role: role(required('role', values.role)),
    repositories: values.repositories?.split(',').map((name) => simpleName('repositories', name)) ?? null,
    expiresMs: Date.now() + days * 86_400_000,
  };
}

/** No value of theirs is repeated: who mistakes what these flags are for gives a secret with them. */
function artifacts(values: Values): WantedPlace | undefined {
  const { artifacts: url, 'artifacts-endpoint': endpoint, 'artifacts-cache-mib': cacheMib } = values;
  if (url === undefined) {
    if ((endpoint ?? cacheMib) === undefined) return undefined;
    throw startRefused('The flag --artifacts is missing: give it with the other flags of the object store.');
  }
  const [, bucket, prefix = ''] = S3_URL.exec(url) ?? [];
  if (bucket === undefined) throw startRefused('The flag --artifacts is not understood: give s3://BUCKET/PREFIX.');
  if (endpoint !== undefined && (!isSafeUrl(endpoint) || new URL(endpoint).username !== ''))
    throw startRefused(
      'The flag --artifacts-endpoint is not understood: give an https address, and credentials in the environment.',
    );
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    cacheBytes: wholeNumber('artifacts-cache-mib', cacheMib ?? '10240', 0, 1e9) * 1024 * 1024,
  };
}

const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*)?)?\/?$/u;

function ray(values: Values): RayFlags | undefined {
  const { trainers, 'trainer-cpus': cpus, 'trainer-gpus': gpus, 'trainer-idle-seconds': idle } = values;
  if (trainers === undefined) {
    if ((cpus ?? gpus ?? idle) === undefined) return undefined;
    throw startRefused('The flag --trainers is missing: give it with the other flags of a Ray cluster.');
  }
  return {
    url: rayUrl('trainers', trainers),
    cpus: share('trainer-cpus', cpus ?? '1', 0.01),
    gpus: share('trainer-gpus', gpus ?? '0', 0),
    idleSeconds: wholeNumber('trainer-idle-seconds', idle ?? '300', 0, 86_400),
  };
}

function generators(values: Values): GeneratorFlags | undefined {
  const { generators: where, 'generation-workers': workers } = values;
  if (where !== undefined)
    return { url: rayUrl('generators', where), workers: wholeNumber('generation-workers', workers ?? '1', 1, 64) };
  if (workers === undefined) return undefined;
  throw startRefused('The flag --generators is missing: give it with --generation-workers.');
}

/** The address is not repeated: who mistakes what the flag is for gives a token with it. */
function rayUrl(flag: string, text: string): URL {
  const address = text.startsWith('ray=') ? text.slice('ray='.length) : '';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw startRefused(
      `The flag --${flag} is not understood: give ray=http://HOST:PORT, the address of the dashboard, and the token in the environment.`,
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Ray knows fractions of one, and whole ones. */
function share(name: string, text: string, least: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= 1024) || (value > 1 && !Number.isInteger(value)))
    throw startRefused(
      `The flag --${name} has the value "${text}": give a number from ${least} to 1, or a whole number from 2 to 1024.`,
    );
  return value;
}

/** The address is not repeated: who mistakes what the flag is for gives a key with it. */
function traces(address: string | undefined): URL | undefined {
  if (address === undefined) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw startRefused(
      'The flag --traces is not understood: give http://HOST:4318, the address of an OTLP/HTTP receiver, and its key in OTEL_EXPORTER_OTLP_HEADERS in the environment.',
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function signIn(values: Values): SignInFlags | undefined {
  const { 'oidc-issuer': issuer, 'oidc-audience': audience } = values;
  const [tenant, role] = [values['oidc-tenant-claim'], values['oidc-role-claim']];
  if (issuer === undefined) {
    if ((audience ?? tenant ?? role) === undefined) return undefined;
    throw startRefused('The flag --oidc-issuer is missing: give it with the other flags of the identity provider.');
  }
  if (!isSafeUrl(issuer))
    throw startRefused(`The flag --oidc-issuer has the value "${issuer}": give an https address.`);
  return {
    issuer,
    audience: required('oidc-audience', audience),
    claims: { tenant: tenant ?? 'bespoke_tenant', role: role ?? 'bespoke_role' },
  };
}

/** The defaults are far from what a person does and near to what a program does that runs wild. */
function quotas(values: Values): Quotas {
  const number = (name: `tenant-${string}` & keyof Values, byDefault: number) =>
    wholeNumber(name, String(values[name] ?? byDefault), 1, 1_000_000_000);
  return {
    uploads: number('tenant-uploads', 8),
    generations: number('tenant-generations', 32),
    queuedRuns: number('tenant-queued-runs', 50),
    storedBytes: number('tenant-stored-mib', 102_400) * 1024 * 1024,
    requestsPerSecond: number('tenant-requests-per-second', 200),
  };
}

/** Another program keeps what is in PostgreSQL, and keeps it better. */
function requireEmbedded(databaseUrl: string | undefined): void {
  if (databaseUrl !== undefined)
    throw startRefused(
      'This command is for the embedded database: with PostgreSQL use pg_dump and copy the data folder, while the server is stopped, as docs/operating.md says.',
    );
}

function role(text: string): Role {
  const found = roles.find((one) => one === text);
  if (found === undefined)
    throw startRefused(`The flag --role has the value "${text}": give developer, maintainer or operator.`);
  return found;
}

function simpleName(flag: string, name: string): string {
  if (!isSimpleName(name))
    throw startRefused(
      `The flag --${flag} holds "${name}", which is no name: give 1 to 64 of a-z, 0-9, "-", "_" and ".".`,
    );
  return name;
}

function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw startRefused(`The flag --${name} is missing: give it a value.`);
  return value;
}

function precision(text: string): Precision {
  if (text !== 'float32' && text !== 'int8')
    throw startRefused(`The flag --generation-precision has the value "${text}": give float32 or int8.`);
  return text;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw startRefused(`The flag --${name} has the value "${text}": give a whole number from ${least} to ${most}.`);
  return value;
}
