import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCandidates } from '../../../extension/check/check-candidates.ts';
import type { CheckReport } from '../../../extension/check/check-result.ts';
import { findSandbox } from '../../../extension/check/sandbox.ts';
import { faultRun } from '../../faults/fault-run.ts';
import { escapeAttempts, escaped, marker, type Outside, sleepSeconds } from './escape-attempts.ts';
import { checkTestsDir, mavenWorkspace, writeWorkspace } from './fixture-workspace.ts';

const run = faultRun('sandbox');
const sandbox = await findSandbox();

/** One attempt of each kind, by its name, where there is no time for all. */
const shortList =
  /^(writesTheMirror|writesThroughASymbolicLink|deletesTheClasses|readsAKey|readsAccounts|readsTheEnvironment|readsEnvironmentsOfOthers|connectsToThisMachine|killsAProcess|staysAsADaemon|hogsMemoryBesideTheHeap|fillsItsOutputFolder|printsOneLongLine|forgesAnAnswer)$/;

describe.skipIf(sandbox !== 'bubblewrap')('tests that try to leave the sandbox', () => {
  const workspaceDir = writeWorkspace('escapes', { ...mavenWorkspace, '.env': `TOKEN=${marker}` });
  const outside: Outside & { readonly reached: string[] } = {
    ...{ workspaceDir, home: homedir(), reached: [] },
    ...{ dir: join(checkTestsDir, 'outside'), mirrorDir: '', pid: 0, tcpPort: 0, udpPort: 0, freePort: 0 },
  };
  const servers: { close(): unknown }[] = [];
  let neighbour: ChildProcess;
  let at: Outside;
  let report: CheckReport;
  let attempts: [string, string][];

  beforeAll(async () => {
    const { dir, reached } = outside;
    mkdirSync(join(dir, '.ssh'), { recursive: true });
    writeFileSync(join(dir, '.ssh', 'id_rsa'), marker, { mode: 0o600 });
    neighbour = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', marker], { stdio: 'ignore' });
    process.env.BESPOKE_TEST_MARKER = marker;
    const listen = async (where: number | string): Promise<Server> => {
      const server = createServer(() => reached.push(String(where)));
      await new Promise<void>((done) => server.listen(where, done));
      servers.push(server);
      return server;
    };
    const tcp = await listen(0);
    await listen(join(dir, 'outside.sock'));
    const free = createServer();
    await new Promise<void>((done) => free.listen(0, done));
    const freePort = (free.address() as AddressInfo).port;
    await new Promise((done) => free.close(done));
    const udp = createSocket('udp4', () => reached.push('udp'));
    await new Promise<void>((done) => udp.bind(0, done));
    servers.push(udp);
    const visits = setInterval(() => {
      const visit = connect(freePort, '127.0.0.1', () => reached.push('inside'));
      visit.on('error', () => visit.destroy());
    }, 50);
    servers.push({ close: () => clearInterval(visits) });
    const options = { workspaceDir, trusted: true, existingTests: [], cacheDir: checkTestsDir, harnessDir };
    // The mirror's place is known after a first check: no other workspace holds such a file.
    const first = await checkCandidates({ ...options, candidates: [candidate('first', 'new Stack().push(1);')] });
    const mirrorDir = mirrors().find((path) => existsSync(join(path, '.env'))) ?? '';
    expect(first.results[0]?.outcome).toBe('exception');
    at = {
      ...{ dir, workspaceDir, home: homedir(), mirrorDir, pid: neighbour.pid ?? 0, freePort },
      ...{ tcpPort: (tcp.address() as AddressInfo).port, udpPort: udp.address().port },
    };
    attempts = Object.entries(escapeAttempts(at)).filter(([name]) => run.isLong || shortList.test(name));
    report = await checkCandidates({
      ...options,
      candidates: attempts.map(([name, body]) => candidate(name, body)),
      limits: { testMs: 1000, candidateMs: 12_000, heapMegabytes: 256, memoryMegabytes: 1024, processes: 2 },
    });
  }, 400_000);

  afterAll(() => {
    delete process.env.BESPOKE_TEST_MARKER;
    neighbour.kill('SIGKILL');
    for (const server of servers) server.close();
  });

  it('each ends with a sentence, and none gets through', () => {
    expect(report.sandbox).toBe('bubblewrap');
    expect(report.results.map(({ id }) => id)).toEqual(attempts.map(([name]) => name));
    const outcomes = report.results.map(({ id, outcome, reasons }) => [id, outcome, reasons[0]?.message]);
    if (run.isLong) console.log(outcomes.map((one) => one.join(' | ')).join('\n'));
    for (const { id, outcome, reasons } of report.results) {
      expect(['exception', 'timeout', 'crash'], `${id}: ${JSON.stringify(reasons)}`).toContain(outcome);
      expect(reasons[0]?.message, id).toMatch(/^[A-Z].{20}/);
    }
    const got = report.results.filter(({ reasons }) =>
      JSON.stringify(reasons).match(new RegExp(`${escaped}|${marker}`)),
    );
    expect(got).toEqual([]);
  });

  it('has no effect outside', async () => {
    expect(outside.reached).toEqual([]);
    expect(neighbour.exitCode ?? neighbour.signalCode).toBeNull();
    const { dir, mirrorDir, home } = at;
    expect(readdirSync(dir).sort()).toEqual(['.ssh', 'outside.sock']);
    expect(statSync(join(dir, '.ssh', 'id_rsa')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(workspaceDir, 'core/src/main/java/a/Stack.java'), 'utf8')).toContain('class Stack');
    expect(readFileSync(join(mirrorDir, 'core/src/main/java/a/Stack.java'), 'utf8')).toContain('class Stack');
    expect(existsSync(join(mirrorDir, 'core/target/classes/a/Stack.class'))).toBe(true);
    const traces = [
      ...[`${workspaceDir}/core/written`, `${mirrorDir}/core/src/test/java/a/Written.java`, `${mirrorDir}/moved`],
      ...[`${mirrorDir}/legacy/written`, `${mirrorDir}/core/target/fill0`, `${mirrorDir}/core/target/link`],
      ...[`${home}/.m2/written-by-a-test`, `${home}/written-by-a-test`, '/usr/local/written', '/etc/written'],
      ...['/written', '/var/written', '/tmp/written-by-a-test', '/dev/shm/written-by-a-test', '/tmp/fill0'],
    ];
    expect(traces.filter((path) => existsSync(path))).toEqual([]);
    // The kernel ends them with the sandbox, which takes a moment.
    for (let waited = 0; waited < 50 && leftOver().length > 0; waited++) await new Promise((go) => setTimeout(go, 100));
    expect(leftOver()).toEqual([]);
    const effects = outside.reached.length + traces.filter((path) => existsSync(path)).length + leftOver().length;
    run.report({ attempts: attempts.length, effects, seconds: report.seconds.check });
  });
});

const harnessDir = join(import.meta.dirname, '../../../extension/check/harness');
const testFile = 'core/src/test/java/a/StackTest.java';

function mirrors(): string[] {
  const folder = join(checkTestsDir, 'workspaces');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'files')) : [];
}

function candidate(name: string, body: string) {
  // The compiler must not notice that a body always throws.
  const source = `@Test void ${name}() throws Throwable { if (new Stack().depth() == 0) { ${body} } assertThat(new Stack().pop()).isZero(); }`;
  const before = mavenWorkspace[testFile] ?? '';
  const test = { offset: before.indexOf('//HERE'), text: source };
  const libraries = { framework: 'junit5', assertions: 'assertj', mocks: null } as const;
  const text = before.replace('//HERE', () => `${source}//HERE`);
  const placement = { isNewFile: false, libraries, test, imports: [], module: 'core', file: testFile, text };
  const focal = { className: 'Stack', method: 'pop' };
  return { id: name, source, focal, placement: { ...placement, binaryClassName: 'a.StackTest', method: name } };
}

/** Processes that an attempt started and that still run. */
function leftOver(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return command[0] === 'sleep' && command[1] === sleepSeconds ? [pid] : [];
      } catch {
        return [];
      }
    });
}
