import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connection } from '../../../extension/client/connection.ts';
import { activateAdapter, startRun } from '../../../extension/client/personalization.ts';
import { uploadCorpus } from '../../../extension/client/upload-corpus.ts';
import { watchRun } from '../../../extension/client/watch-run.ts';
import { identifyRepository } from '../../../extension/workspace/repository-identity.ts';
import { distinctPairs } from '../../core/splits/make-pair.ts';
import { root } from '../../server/support/places.ts';
import { endServers, localToken, startServer, temporaryFolder } from '../../server/support/server-under-test.ts';
import { smallWorkspace } from '../../vscode/java-workspace.ts';
import { addBells, bellCandidates } from '../../vscode/specs/tests-for-class.ts';
import { StandInServer, standInToken } from '../../vscode/stand-in-server.ts';

// A real client of the protocol starts the real program and talks to it over its standard input and output. The server behind it is the
// test suite's stand-in where tests are written, so that their texts are known, and the real one where models are listed.

const bell = 'domain/src/main/java/example/wayside/domain/depot/Bell.java';
const clients: Client[] = [];
let program: string;
let workspace: string;

beforeAll(() => {
  program = buildProgram();
  workspace = smallWorkspace();
  addBells(workspace);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await endServers();
});

/** The command line, bundled beside the folders that it looks for. */
function buildProgram(): string {
  const at = temporaryFolder('command-line');
  symlinkSync(join(root, 'extension'), join(at, 'extension'));
  const build = ['scripts/build.mjs', '--only', 'cli,mining-worker', '--outdir', join(at, 'dist')];
  execFileSync(process.execPath, build, { cwd: root });
  return join(at, 'dist', 'cli.js');
}

async function connect(address: string, token: string) {
  const cache = temporaryFolder('cache');
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp', workspace, '--server', address],
    env: { ...(process.env as Record<string, string>), BESPOKE_TOKEN: token, XDG_CACHE_HOME: cache },
    stderr: 'pipe',
  });
  let said = '';
  transport.stderr?.on('data', (bytes) => {
    said += bytes;
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  clients.push(client);
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: input }, undefined, { timeout: 240_000 });
    const [part] = content as { text: string }[];
    return { text: part?.text ?? '', isError: isError === true };
  };
  return { client, call, said: () => said };
}
type Caller = Awaited<ReturnType<typeof connect>>;

describe('with known tests from a stand-in server', () => {
  let server: StandInServer;
  let agent: Caller;
  let before: string[];
  beforeAll(async () => {
    before = filesOf(workspace);
    server = await StandInServer.start(bellCandidates);
    agent = await connect(server.address, standInToken);
  });
  afterAll(() => server.stop());

  test('names its three tools', async () => {
    const { tools } = await agent.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['generateTest', 'personalizationStatus', 'styleOfThisRepo']);
    expect(tools[0]?.inputSchema.required).toEqual(['file', 'method']);
  });

  test('writes tests, compiled and run, best first, and nothing into the workspace', async () => {
    const { text, isError } = await agent.call('generateTest', { file: bell, method: 'isSilent' });
    expect([isError, text]).toEqual([false, expect.stringContaining('isSilent_whenNew_thenTrue')]);
    const { tests } = JSON.parse(text);
    expect(tests).toHaveLength(2);
    expect(tests[0]).toMatchObject({
      file: 'domain/src/test/java/example/wayside/domain/depot/BellTest.java',
      isNewFile: false,
      // After the last test, before the closing brace of the class.
      line: 12,
      verdict: 'passes',
      text: expect.stringContaining('assertThat(new Bell().isSilent()).isTrue();'),
    });
    expect(filesOf(workspace)).toEqual(before);
  }, 300_000);

  test('says what is wrong with a test that does not pass', async () => {
    const { tests } = JSON.parse((await agent.call('generateTest', { file: bell, method: 'sound' })).text);
    expect(tests[0]).toMatchObject({ verdict: 'compiles, does not pass', reason: expect.stringContaining('ding') });
  }, 300_000);

  test('tells the style of the repository with tests that show it', async () => {
    const style = JSON.parse((await agent.call('styleOfThisRepo')).text);
    const framework = style.traits.find(({ trait }: { trait: string }) => trait === 'framework');
    expect(framework.habits[0]).toEqual({
      habit: 'JUnit 5',
      share: 1,
      seenIn: [expect.stringMatching(/BellTest\.java$/), expect.stringMatching(/DepotTest\.java$/)],
    });
  });

  /** Expects a refusal that the model can read and act on. */
  async function check(name: string, input: Record<string, unknown>, sentence: RegExp) {
    expect(await agent.call(name, input)).toEqual({ isError: true, text: expect.stringMatching(sentence) });
  }
  test('a path that leads out of the workspace', () =>
    check('generateTest', { file: '../../../etc/Passwd.java', method: 'a' }, /is no Java file of the workspace: send/));
  test('an absolute path elsewhere', () =>
    check('generateTest', { file: '/etc/Passwd.java', method: 'a' }, /is no Java file of the workspace: send/));
  test('what is no Java', () => check('generateTest', { file: 'pom.xml', method: 'a' }, /is no Java file/));
  test('a file that is not there', () =>
    check(
      'generateTest',
      { file: 'Nowhere.java', method: 'a' },
      /There is no file Nowhere\.java in the workspace: name/,
    ));
  test('a method that is not there', () =>
    check('generateTest', { file: bell, method: 'chime' }, /has no method chime: name/));
  test('a private method', () =>
    check('generateTest', { file: bell, method: 'hidden' }, /hidden is private: generate/));
  test('a line of another method', () =>
    check(
      'generateTest',
      { file: bell, method: 'ring', line: 11 },
      /Line 11 of .* is in isSilent: send a line of ring/,
    ));
  test('an input without a method', () => check('generateTest', { file: bell }, /lacks file or method: send both/));
  test('a tool that it does not have', () => check('eraseDisk', {}, /There is no tool eraseDisk: use generateTest/));

  test('its log holds no source code', () => {
    expect(agent.said()).toMatch(/2 candidates in [\d.]+ s by /);
    expect(agent.said()).not.toMatch(/assertThat|void|class/);
  });
});

test('tells which models the server keeps, what they gained and which writes', async () => {
  const server = await startServer({ behaviour: 'steps=2' });
  const connection = new Connection({ address: server.address, token: localToken, tls: false });
  const repository = identifyRepository(workspace).id;
  const agent = await connect(server.address, localToken);
  expect(JSON.parse((await agent.call('personalizationStatus')).text)).toMatchObject({
    server: server.address,
    models: [],
  });
  const { corpusSha256 } = await uploadCorpus(connection, { repository, pairs: distinctPairs(24, 7), commit: null });
  const run = await startRun(connection, {
    ...{ requestId: 'one', repository, corpusSha256, strategy: 'prefix', options: {} },
    ...{ heldOutSplits: ['by-pair'], heldOutPairs: 20 },
  });
  for await (const _ of watchRun(connection, run.id));
  await activateAdapter(connection, run.id);
  expect(JSON.parse((await agent.call('personalizationStatus')).text)).toMatchObject({
    models: [{ strategy: 'prefix', active: true, gain: 'perplexity 7.39 → 2.72 by pair' }],
  });
  connection.close();
});

test('a wrong token is told in the words of the server', async () => {
  const server = await startServer();
  const agent = await connect(server.address, 'wrong');
  expect(await agent.call('personalizationStatus')).toEqual({
    isError: true,
    text: expect.stringMatching(/does not know this token: set/),
  });
});

test('ends when the client goes', async () => {
  const server = await StandInServer.start({});
  const { client } = await connect(server.address, standInToken);
  const transport = client.transport as StdioClientTransport;
  const { pid } = transport;
  await client.close();
  expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
  server.stop();
});

/** Expects the program to refuse its command line. */
function checkUsage(args: readonly string[], sentence: RegExp, env: Record<string, string> = {}) {
  let said = '';
  try {
    execFileSync(process.execPath, [program, 'mcp', ...args], { env: { ...process.env, ...env }, stdio: 'pipe' });
  } catch (error) {
    said = String((error as { stderr: Buffer }).stderr);
  }
  expect(said).toMatch(sentence);
}
test('names what its command line lacks', () => {
  checkUsage([], /Name exactly one folder\./);
  checkUsage(['/nowhere'], /There is no folder \/nowhere\./);
  checkUsage([workspace], /Name one server: with --home or with --server\./);
  checkUsage([workspace, '--server', 'h:1'], /BESPOKE_TOKEN holds no token/, { BESPOKE_TOKEN: '' });
});

/** Paths and sizes of all files, less what a build makes. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).includes('/target/'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${readFileSync(path).length}`)
    .sort();
}
