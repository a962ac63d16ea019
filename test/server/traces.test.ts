import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { Connection } from '../../extension/client/connection.ts';
import { type GenerationPart, generate } from '../../extension/client/generation.ts';
import { startRun } from '../../extension/client/personalization.ts';
import { type ClientTraces, openClientTraces } from '../../extension/client/traces.ts';
import { uploadCorpus } from '../../extension/client/upload-corpus.ts';
import { watchRun } from '../../extension/client/watch-run.ts';
import { distinctPairs, distinctTest } from '../core/splits/make-pair.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './support/otlp-receiver.ts';
import { required } from './support/runs.ts';
import {
  endServers,
  localToken,
  type ServerUnderTest,
  startRefusedServer,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

const repository = 'a-repository-whose-name-is-nobodys-business';
const pairs = distinctPairs(24, 7);
const receivers: OtlpReceiver[] = [];
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await endServers();
  for (const receiver of receivers) receiver.close();
});

async function receiver(answers?: boolean): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver(answers);
  receivers.push(started);
  return started;
}

/** Uploads, trains and watches to the end; returns the run's id. */
async function personalize(connection: Connection): Promise<string> {
  const { corpusSha256 } = await uploadCorpus(connection, { repository, pairs, commit: 'c0ffee' }, {});
  const run = await startRun(connection, {
    ...{ requestId: 'run', repository, corpusSha256, strategy: 'prefix' as const },
    ...{ heldOutSplits: ['by-pair'] as const, heldOutPairs: 20, options: {} },
  });
  for await (const _event of watchRun(connection, run.id));
  return run.id;
}

const focalMethod = 'int secretOfTheHouse() { return secretNumber + 42; }';
const nearestTest = distinctTest('aNearestTestOfTheHouse', 1);

async function write(connection: Connection, adapterId: string): Promise<GenerationPart[]> {
  const request = {
    ...{ repository, model: { kind: 'adapter', adapterId } as const, focalClass: 'SecretHouse', candidates: 2 },
    ...{ focalMethod: 'secretOfTheHouse', maxNewTokens: 12 },
    nearestTests: [{ focalClass: 'SecretHouse', focalMethodSource: focalMethod, testSource: nearestTest }],
    focalContext: {
      ...{ method: focalMethod, classDeclaration: 'class SecretHouse' },
      ...{ constructors: [], methods: [], fields: [], relatedTypes: [] },
    },
  };
  const parts: GenerationPart[] = [];
  for await (const part of generate(connection, request)) parts.push(part);
  return parts;
}

/** `parent > child` for every span, with the names of their processes. */
function arrows(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const named = (span: ReceivedSpan | undefined) => (span === undefined ? '' : `${span.service}:${span.name}`);
  return spans.map((span) => `${named(byId.get(span.parentSpanId))} > ${named(span)}`);
}

/** Every run of 12 characters of what the client sent that is found in a text. */
function leaked(text: string, sources: readonly string[]): string[] {
  const windows = new Set<string>();
  for (const source of sources) for (let at = 0; at + 12 <= source.length; at++) windows.add(source.slice(at, at + 12));
  const found = new Set<string>();
  for (let at = 0; at + 12 <= text.length; at++)
    if (windows.has(text.slice(at, at + 12))) found.add(text.slice(at, at + 12));
  return [...found];
}

async function traced(server: ServerUnderTest, url: string): Promise<{ traces: ClientTraces; connection: Connection }> {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', url);
  const traces = await openClientTraces(process.env);
  return { traces, connection: new Connection({ address: server.address, token: localToken, tls: false }, traces) };
}

test('a personalization and a generation are one connected trace each, from the client to the trainer, without source', async () => {
  const otlp = await receiver();
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20key-of-the-receiver');
  const code = 'assertEquals(secretNumber.of(42))';
  const said = `train+${code}+write-adapter`;
  const server = await startServer({
    flags: ['--traces', otlp.url],
    behaviour: `stage=${said},tell_environment,step_seconds=0.05`,
  });
  const { traces, connection } = await traced(server, otlp.url);
  const runId = await traces.within('personalize', () => personalize(connection));
  const parts = await write(connection, runId);
  connection.close();
  await traces.close();
  expect(await server.stop()).toBe(0);

  const spans = otlp.spans();
  const personalized = spans.filter(({ traceId }) => traceId === spanNamed(spans, 'personalize').traceId);
  const call = (name: string) => `bespoke.v1.PersonalizationService/${name}`;
  const [client, here] = ['bespoke-client', 'bespoke-server'];
  expect(new Set(arrows(personalized))).toEqual(
    new Set([
      ` > ${client}:personalize`,
      ...['GetUpload', 'UploadCorpus', 'StartRun', 'WatchRun'].flatMap((name) => [
        `${client}:personalize > ${client}:${call(name)}`,
        `${client}:${call(name)} > ${here}:${call(name)}`,
      ]),
      `${here}:${call('StartRun')} > ${here}:wait-in-queue`,
      `${here}:${call('StartRun')} > ${here}:run`,
      ...['prepare-run', 'trainer', 'register-adapter'].map((name) => `${here}:run > ${here}:${name}`),
      // What the trainer called a stage is not repeated unless it is one that is known.
      ...['load', 'train', 'trainer-stage', 'write-adapter'].map((name) => `${here}:trainer > ${here}:${name}`),
    ]),
  );
  expect(spanNamed(spans, 'run').attributes).toMatchObject({ 'bespoke.run_id': runId, 'bespoke.state': 'succeeded' });
  expect(spanNamed(spans, 'write-adapter').attributes).toMatchObject({ 'bespoke.step': 4, 'bespoke.max_steps': 4 });
  expect(new Set(personalized.map(({ status }) => status))).toEqual(new Set([1]));
  const trainer = spanNamed(spans, 'trainer');
  // Four steps of 50 ms were made in this stage.
  expect(Number(spanNamed(spans, 'write-adapter').endNs - spanNamed(spans, 'write-adapter').startNs)).toBeGreaterThan(
    2e8,
  );
  for (const name of ['load', 'train', 'write-adapter']) {
    const stage = spanNamed(spans, name);
    // The trainer's clock counts whole milliseconds.
    expect(stage.startNs).toBeGreaterThanOrEqual(trainer.startNs - 1_000_000n);
    expect(stage.endNs).toBeLessThanOrEqual(trainer.endNs);
  }

  const written = spans.filter(({ name }) => name === 'bespoke.v1.GenerationService/Generate');
  const generated = spans.filter(({ traceId }) => traceId === written[0]?.traceId);
  const generating = `${here}:bespoke.v1.GenerationService/Generate`;
  expect(arrows(generated).sort()).toEqual(
    [
      ` > ${client}:bespoke.v1.GenerationService/Generate`,
      `${client}:bespoke.v1.GenerationService/Generate > ${generating}`,
      ...['take-adapter', 'wait-in-queue', 'load-generator', 'read-input', 'decode'].map(
        (name) => `${generating} > ${here}:${name}`,
      ),
    ].sort(),
  );
  const candidates = parts.flatMap((part) => (part.kind === 'candidate' ? [part.candidate] : []));
  expect(spanNamed(spans, 'decode').attributes).toEqual({
    'bespoke.candidates': candidates.length,
    'bespoke.output_tokens': candidates.reduce((sum, { tokens }) => sum + tokens, 0),
  });
  expect(spanNamed(spans, 'read-input').attributes['bespoke.input_tokens']).toBeGreaterThan(5);
  expect(written.find(({ service }) => service === here)?.attributes).toMatchObject({ 'bespoke.adapter_id': runId });

  // The trainer is told its parent, and nothing of the receiver's key.
  const told = `${server.dataDir}.behaviour.environment`;
  const environment = JSON.parse(readFileSync(told, 'utf8'));
  rmSync(told);
  expect(environment.TRACEPARENT).toBe(`00-${trainer.traceId}-${trainer.spanId}-01`);
  expect(JSON.stringify(environment)).not.toContain('key-of-the-receiver');
  expect(otlp.authorizations).toEqual(new Set(['Bearer key-of-the-receiver']));

  const text = otlp.bodies.join('\n');
  const sources = [...pairs.flatMap(strings), focalMethod, nearestTest, code, ...candidates.map((one) => one.text)];
  expect(leaked(`${text}${nearestTest}`, sources)).not.toEqual([]);
  expect(leaked(text, sources)).toEqual([]);
  for (const secret of [repository, localToken, 'SecretHouse', '"local"', 'c0ffee']) expect(text).not.toContain(secret);
});

test('without a receiver the client makes ids only, and a client that says none begins no trace of another', async () => {
  const otlp = await receiver();
  const server = await startServer({ flags: ['--traces', otlp.url] });
  const traces = await openClientTraces({});
  const connection = new Connection({ address: server.address, token: localToken, tls: false }, traces);
  await traces.within('personalize', () => personalize(connection));
  const plain = server.client();
  await plain.getServer();
  plain.metadata.set('traceparent', 'garbage');
  await plain.getServer();
  await server
    .client('garbage')
    .getServer()
    .catch(() => {});
  connection.close();
  await server.stop();
  const spans = otlp.spans();
  const upload = spanNamed(spans, 'bespoke.v1.PersonalizationService/UploadCorpus');
  const run = spanNamed(spans, 'run');
  expect(upload.parentSpanId).not.toBe('');
  expect(run.traceId).toBe(upload.traceId);
  expect(spans.filter(({ service }) => service !== 'bespoke-server')).toEqual([]);
  const described = spans.filter(({ name }) => name.endsWith('/GetServer'));
  expect(described.map(({ parentSpanId }) => parentSpanId)).toEqual(['', '', '']);
  expect(described.map(({ status }) => status).sort()).toEqual([1, 1, 2]);
  expect(new Set([upload, ...described].map(({ traceId }) => traceId)).size).toBe(4);
});

test.each([
  ['is not there', async () => 'http://127.0.0.1:9'],
  ['never answers', async () => (await receiver(false)).url],
])('a receiver that %s fails nothing, and the server stops in good time', async (_name, url) => {
  const server = await startServer({ flags: ['--traces', await url()] });
  const connection = new Connection({ address: server.address, token: localToken, tls: false });
  const runId = await personalize(connection);
  const run = await server.client().getRun(runId);
  expect(run.run?.adapterId).toBe(runId);
  connection.close();
  const stoppingMs = Date.now();
  expect(await server.stop()).toBe(0);
  expect(Date.now() - stoppingMs).toBeLessThan(15_000);
});

/** What the server's process had loaded of its bundle when it ended. */
async function loaded(flags: readonly string[]): Promise<string[]> {
  const folder = temporaryFolder('coverage');
  vi.stubEnv('NODE_V8_COVERAGE', folder);
  const server = await startServer({ flags });
  await server.client().getServer();
  expect(await server.stop()).toBe(0);
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url.split('/').at(-1) ?? '');
  });
}

test('OpenTelemetry is loaded with the flag only', async () => {
  expect(await loaded(['--traces', (await receiver()).url])).toContain('open-telemetry.js');
  const without = await loaded([]);
  expect(without).toContain('server.js');
  expect(without).not.toContain('open-telemetry.js');
});

test.each(['collector:4318', 'http://user:key@collector:4318', 'http://collector:4318/?key=1', 'ftp://collector'])(
  '--traces %s is refused without being repeated',
  async (url) => {
    const { message } = await startRefusedServer({ flags: ['--traces', url] });
    expect(message).toMatch(/^The flag --traces is not understood: give http:\/\/HOST:4318/);
    expect(message).not.toContain('key@');
  },
);

function spanNamed(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  return required(
    spans.find((span) => span.name === name && span.service === 'bespoke-server') ??
      spans.find((span) => span.name === name),
  );
}

/** Every text in it. */
function strings(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(strings) : [];
}
