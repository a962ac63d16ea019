import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseFlags } from '../../../server/flags.ts';
import { pythonTool } from '../../python-tools.mjs';
import { home, root } from '../support/places.ts';

// Loading Helm takes half a second, and many times that on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const chart = join(root, 'server', 'deploy', 'helm', 'bespoke');
const least = { image: { repository: 'registry.example.com/bespoke-server' }, tls: { secretName: 'bespoke-tls' } };
const everything = {
  image: {
    repository: 'registry.example.com/bespoke-server',
    digest: `sha256:${'a'.repeat(64)}`,
    pullSecrets: ['pull'],
  },
  tls: { secretName: 'bespoke-tls', clientCaSecretName: 'client-ca' },
  persistence: { size: '1Ti', storageClassName: 'fast' },
  database: { url: 'postgresql://bespoke@db.example.com/bespoke', passwordSecretName: 'db' },
  artifacts: {
    ...{ url: 's3://models/bespoke', endpoint: 'https://s3.example.com', region: 'eu-central-1' },
    credentialsSecretName: 's3',
  },
  signIn: { issuer: 'https://id.example.com', audience: 'bespoke' },
  ray: {
    url: 'http://ray-head:8265',
    cpus: 4,
    gpus: 0.5,
    idleSeconds: 60,
    generationWorkers: 3,
    tokenSecretName: 'ray',
  },
  extraFlags: ['--tenant-stored-mib=204800'],
  service: { type: 'LoadBalancer' },
  serviceAccount: { annotations: { 'example.com/role': 'models' } },
  networkPolicy: {
    monitoring: [{ namespaceSelector: { matchLabels: { team: 'watch' } } }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 5432 }] }],
  },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'bespoke', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  podAnnotations: { 'example.com/a': 'b' },
};

/** The oldest and the newest Kubernetes that the schemas are there for; the chart asks for the oldest. */
const versions = ['1.25', '1.37'];
/** Of the Prometheus operator, whose schema is not among those of Kubernetes. */
const foreign = ['monitoring.coreos.com/v1'];

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: what it holds depends on the kind.
  readonly spec: any;
}

interface Checked {
  readonly refused: string | null;
  readonly lint: readonly string[];
  readonly documents: readonly Document[];
  readonly problems: readonly string[];
}

/** What Helm lints and renders, and what the schemas say of what was rendered. */
function check(request: { chart: string; values: object } | { manifests: string }): Checked {
  const { status, stdout, stderr } = spawnSync(
    pythonTool(home, 'deploy-tools', 'python'),
    [join(root, 'test', 'server', 'deploy', 'check_manifests.py')],
    { input: JSON.stringify({ release: 'bespoke', versions, foreign, ...request }), encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The check ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

const named = ({ kind, metadata }: Document) => `${kind} ${metadata.name}`;
const serverOf = ({ documents }: Checked) =>
  documents.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec.containers[0];

test.each([
  ['the least', least, []],
  ['everything', everything, ['ServiceMonitor bespoke']],
])('with %s the chart lints, and what it renders keeps to the schemas', (_, values, more) => {
  const checked = check({ chart, values });
  expect(checked).toMatchObject({ refused: null, lint: [], problems: [] });
  expect(checked.documents.map(named).toSorted()).toEqual(
    [
      ...['NetworkPolicy bespoke', 'Service bespoke', 'Service bespoke-metrics'],
      ...['ServiceAccount bespoke', 'StatefulSet bespoke', ...more],
    ].toSorted(),
  );
  const container = serverOf(checked);
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  // The server itself understands what the pod tells it.
  const flags = parseFlags(container.args);
  expect(flags).toMatchObject({
    command: 'serve',
    host: '0.0.0.0',
    port: 7443,
    metrics: { port: 9464 },
    operatorPagePort: 9465,
  });
  const pod = checked.documents.find(({ kind }) => kind === 'StatefulSet')?.spec.template.spec;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(flags.command === 'serve' ? flags.drainSeconds : 0);
});

test('every value arrives, and secrets only by reference', () => {
  const checked = check({ chart, values: everything });
  const { args, env, image } = serverOf(checked);
  expect(image).toBe(`registry.example.com/bespoke-server@sha256:${'a'.repeat(64)}`);
  expect(parseFlags(args)).toMatchObject({
    clientCa: '/run/bespoke/client-ca/ca.crt',
    databaseUrl: 'postgresql://bespoke@db.example.com/bespoke',
    artifacts: { bucket: 'models', prefix: 'bespoke/', endpoint: 'https://s3.example.com' },
    signIn: { issuer: 'https://id.example.com', audience: 'bespoke' },
    ray: { url: new URL('http://ray-head:8265'), cpus: 4, gpus: 0.5, idleSeconds: 60 },
    generators: { url: new URL('http://ray-head:8265'), workers: 3 },
    quotas: { storedBytes: 204_800 * 1024 * 1024 },
  });
  const secret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  expect(env).toEqual([
    { name: 'HOME', value: '/tmp' },
    { name: 'PGPASSWORD', ...secret('db', 'password') },
    { name: 'AWS_REGION', value: 'eu-central-1' },
    { name: 'AWS_ACCESS_KEY_ID', ...secret('s3', 'AWS_ACCESS_KEY_ID') },
    { name: 'AWS_SECRET_ACCESS_KEY', ...secret('s3', 'AWS_SECRET_ACCESS_KEY') },
    { name: 'RAY_AUTH_TOKEN', ...secret('ray', 'token') },
  ]);
  const monitor = checked.documents.find(({ kind }) => kind === 'ServiceMonitor');
  expect(monitor?.spec.endpoints).toEqual([{ port: 'metrics', path: '/metrics', interval: '30s' }]);
});

test('the network lets in clients and monitoring, each to its own port, and out only what is named', () => {
  const policy = (values: object) =>
    check({ chart, values }).documents.find(({ kind }) => kind === 'NetworkPolicy')?.spec;
  expect(policy(least).ingress).toEqual([{ from: [{ podSelector: {} }], ports: [{ port: 'grpc' }] }]);
  expect(policy(least).egress).toHaveLength(1);
  expect(policy(everything).ingress[1]).toEqual({
    from: [{ namespaceSelector: { matchLabels: { team: 'watch' } } }],
    ports: [{ port: 'metrics' }],
  });
  expect(policy(everything).egress[1]).toEqual(everything.networkPolicy.egress[0]);
  expect(policy({ ...least, networkPolicy: { clients: [] } }).ingress).toEqual([]);
  expect(policy({ ...least, networkPolicy: { enabled: false } })).toBeUndefined();
});

test.each([
  ['no image', { ...least, image: {} }, 'repository'],
  ['no certificate', { ...least, tls: {} }, 'secretName'],
  [
    'a password in the address',
    { ...least, database: { url: 'postgresql://a:b@db/x', passwordSecretName: 'db' } },
    'url',
  ],
  ['a database without a Secret', { ...least, database: { url: 'postgresql://a@db/x' } }, 'passwordSecretName'],
  ['Ray without a Secret', { ...least, ray: { url: 'http://ray:8265' } }, 'tokenSecretName'],
  ['sign-in for nobody', { ...least, signIn: { issuer: 'https://id.example.com' } }, 'audience'],
  ['a misspelled value', { ...least, maxRun: 3 }, 'maxRun'],
  ['two replicas', { ...least, replicas: 2 }, 'replicas'],
])('%s is refused', (_, values, named) => {
  expect(check({ chart, values }).refused).toContain(named);
});

test('the job of a trainer keeps to the schemas, and starts the trainer as the server does', () => {
  const manifests = readFileSync(join(root, 'server', 'deploy', 'kubernetes', 'trainer-job.yaml'), 'utf8');
  const checked = check({ manifests });
  expect(checked.problems).toEqual([]);
  expect(checked.documents.map(({ kind }) => kind)).toEqual(['Job', 'NetworkPolicy']);
  const [container] = checked.documents[0]?.spec.template.spec.containers ?? [];
  expect(container.command.slice(-2)).toEqual(['-m', 'bespoke_trainer']);
  expect(container.args).toEqual([expect.stringMatching(/\/repositories\/REPOSITORY\/runs\/RUN\/spec\.json$/)]);
});

test('the check finds a template that renders what Kubernetes does not know, and one that does not render', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-chart-'));
  try {
    cpSync(chart, folder, { recursive: true });
    const path = join(folder, 'templates', 'stateful-set.yaml');
    const template = readFileSync(path, 'utf8');
    writeFileSync(path, template.replace('readOnlyRootFilesystem', 'readonlyRootFilesystem'));
    expect(check({ chart: folder, values: least }).problems).toEqual(
      versions.map((version) => expect.stringMatching(new RegExp(`StatefulSet in ${version}.*readonlyRootFilesystem`))),
    );
    writeFileSync(path, template.replace('{{- end }}', ''));
    expect(check({ chart: folder, values: least })).toMatchObject({ refused: expect.stringMatching(/./) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
