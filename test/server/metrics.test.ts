import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { promptRequest } from '../faults/prompts.ts';
import { root } from './support/places.ts';
import { corpus, startRun } from './support/runs.ts';
import { endServers, type ServerUnderTest, startServer } from './support/server-under-test.ts';

const repository = 'a-repository-whose-name-is-nobodys-business';
let server: ServerUnderTest;
let url: string;
beforeAll(async () => {
  server = await startServer({ flags: ['--metrics-port', '0'] });
  const port = /"metrics-listening","port":(\d+)/.exec(server.log())?.[1];
  url = `http://127.0.0.1:${port}/metrics`;
  const client = server.client();
  await client.upload(repository, corpus);
  const run = await startRun(client, 'run', { repository });
  await client.watch(run.id);
  await server
    .client('garbage')
    .getServer()
    .catch(() => {});
  await client.getRun('no-run').catch(() => {});
});
afterAll(endServers);

/** The value of a sample, by its whole name with labels. */
async function sample(name: string): Promise<number | undefined> {
  const text = await (await fetch(url)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}
const ended = (call: string, status: string) =>
  sample(`bespoke_calls_total{call="bespoke.v1.PersonalizationService/${call}",status="${status}"}`);

test('calls by how they ended, runs by state, and what is kept', async () => {
  expect(await ended('UploadCorpus', 'OK')).toBe(1);
  expect(await ended('GetServer', 'UNAUTHENTICATED')).toBe(1);
  expect(await ended('GetRun', 'NOT_FOUND')).toBe(1);
  expect(await sample('bespoke_runs{state="succeeded"}')).toBe(1);
  expect(await sample('bespoke_adapter_bytes')).toBeGreaterThan(100);
  expect(await sample('bespoke_generations_waiting')).toBe(0);
  expect(await sample('bespoke_generation_workers'), 'the base model was not needed yet').toBe(0);
  expect(await sample('bespoke_calls_in_flight')).toBe(0);
  expect(await sample('bespoke_process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
});

test('the generation worker, once there is one', async () => {
  for await (const { part } of server.client().generate(promptRequest())) expect(part).toBeDefined();
  expect(await sample('bespoke_generation_workers')).toBe(1);
});

test('nothing in them is of a tenant, of a repository or of what a client sent', async () => {
  const text = await (await fetch(url)).text();
  for (const secret of [repository, 'local', 'garbage', 'no-run', corpus.sha256]) expect(text).not.toContain(secret);
  const labels = new Set([...text.matchAll(/[{,]([a-z_]+)=/g)].map(([, label]) => label));
  // Those of Node.js itself among them.
  for (const label of labels)
    expect(['call', 'status', 'state', 'le', 'kind', 'space', 'type', 'version', 'major', 'minor', 'patch']).toContain(
      label,
    );
});

test('another path is not there, and without the flag there is no port', async () => {
  expect((await fetch(url.replace('metrics', 'anything'))).status).toBe(404);
  const other = await startServer();
  expect(other.log()).not.toContain('metrics-listening');
});

test('every metric of the Grafana dashboard exists', async () => {
  const dashboard = readFileSync(join(root, 'docs', 'grafana-dashboard.json'), 'utf8');
  const text = await (await fetch(url)).text();
  const expressions = JSON.parse(dashboard).panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr),
  );
  const names = new Set(expressions.flatMap((expression: string) => expression.match(/bespoke_\w+/g) ?? []));
  expect(names.size).toBeGreaterThan(5);
  for (const name of names) expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
});
