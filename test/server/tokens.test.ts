import { type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresUnderTest, startPostgres } from './support/postgres-under-test.ts';
import { corpus, required, startRun } from './support/runs.ts';
import {
  endServers,
  runServerProgram,
  type ServerUnderTest,
  startServer,
  temporaryFolder,
} from './support/server-under-test.ts';

describe('tokens from the command line, beside a server on PostgreSQL', () => {
  let postgres: PostgresUnderTest;
  let server: ServerUnderTest;
  let place: string[];
  beforeAll(async () => {
    postgres = await startPostgres();
    const url = await postgres.createDatabase();
    const dataDir = temporaryFolder('tokens');
    place = ['--data-dir', dataDir, '--database-url', url];
    const behaviour = 'steps=2000,step_seconds=0.05,no_checkpoints';
    server = await startServer({ dataDir, flags: ['--database-url', url], behaviour });
  });
  afterAll(async () => {
    await endServers();
    await postgres.stop();
  });

  const run = (...args: string[]) => runServerProgram(['token', ...args, ...place]);
  async function create(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run('create', ...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^bespoke_[\w-]{43}\n$/);
    return stdout.trim();
  }
  async function list(): Promise<Record<string, unknown>[]> {
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
  async function checkRefusal(args: string[], sentence: RegExp) {
    const { code, stdout, stderr } = await run(...args);
    expect(JSON.parse(stderr).message).toMatch(sentence);
    expect(JSON.parse(stderr).message).toMatch(/^[A-Z].*[:,].*\.$/);
    expect([code, stdout]).toEqual([1, '']);
  }

  test('what a token is made for, when it was used and that it was revoked is listed, and never the token', async () => {
    const token = await create('--tenant', 'team', '--name', 'laptop', '--role', 'developer');
    const [made] = await list();
    expect(made).toEqual({
      ...{ tenant: 'team', name: 'laptop', role: 'developer', repositories: null, lastUsed: null, revoked: null },
      ...{ created: expect.any(String), expires: expect.any(String) },
    });
    const days = (Date.parse(String(made?.expires)) - Date.parse(String(made?.created))) / 86_400_000;
    expect(days).toBeCloseTo(90, 2);
    expect((await server.client(token).getServer()).tenant).toBe('team');
    const flags = ['--name', 'ci', '--role', 'maintainer', '--repositories', 'one,two', '--expires-days', '7'];
    await create('--tenant', 'team', ...flags);
    const { stdout } = await run('list');
    expect(stdout).not.toContain(token);
    expect(await list()).toMatchObject([
      { name: 'laptop', lastUsed: expect.any(String) },
      { name: 'ci', role: 'maintainer', repositories: ['one', 'two'], lastUsed: null },
    ]);
  });

  test('a token that is revoked is worth nothing at the next call, and ends what goes on', async () => {
    const token = await create('--tenant', 'watchers', '--name', 'watcher', '--role', 'developer');
    const client = server.client(token);
    await client.upload('repo', corpus);
    const { id } = await startRun(client, 'long');
    let watched = 0;
    const end = client
      .watch(id, 0, () => {
        watched += 1;
        return false;
      })
      .then(
        () => undefined,
        (error: ServiceError) => error,
      );
    await expect.poll(() => watched, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(await run('revoke', '--tenant', 'watchers', '--name', 'watcher')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const refused = { code: status.UNAUTHENTICATED, details: expect.stringMatching(/^This token was revoked: ask/) };
    await expect(client.getServer()).rejects.toMatchObject(refused);
    expect(required(await end)).toMatchObject(refused);
    expect((await list()).find(({ name }) => name === 'watcher')).toMatchObject({ revoked: expect.any(String) });
  });

  test('a command that cannot be done is refused with one sentence', async () => {
    const team = ['--tenant', 'team'];
    await checkRefusal(['create', ...team, '--role', 'developer'], /--name is missing/);
    await checkRefusal(['create', ...team, '--name', 'new'], /--role is missing/);
    await checkRefusal(['create', ...team, '--name', 'new', '--role', 'king'], /--role has the value "king"/);
    await checkRefusal(['create', ...team, '--name', 'A b', '--role', 'developer'], /--name holds "A b"/);
    const role = ['--name', 'new', '--role', 'developer'];
    await checkRefusal(['create', ...team, ...role, '--repositories', 'one,'], /--repositories holds ""/);
    await checkRefusal(['create', ...team, ...role, '--expires-days', '0'], /--expires-days has the value "0"/);
    await checkRefusal(['revoke', ...team, '--name', 'never'], /no token named never to revoke/);
    await checkRefusal(['destroy'], /no command "token destroy"/);
    expect((await list()).filter(({ name }) => name === 'new')).toEqual([]);
  });
});
