import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parseFlags } from '../../../server/flags.ts';
import { pythonTool } from '../../python-tools.mjs';
import { home, root } from '../support/places.ts';

// Tools that start in a blink take seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const folder = join(root, 'server', 'deploy');

/** No container can be built in the tests; what can be known of its file without that is checked. */
describe('the container file', () => {
  const file = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const lint = (text: string) =>
    spawnSync(pythonTool(home, 'deploy-tools', 'hadolint'), ['--failure-threshold', 'style', '-'], {
      input: text,
      encoding: 'utf8',
    });

  test('hadolint finds nothing, and finds what is wrong', () => {
    expect(lint(file)).toMatchObject({ status: 0, stdout: '' });
    expect(lint(file.replace(/^USER .*$/mu, 'USER root')).stdout).toContain('DL3002');
  });

  test('what it copies is there, and is let through to the builder', () => {
    const copied = [...file.matchAll(/^COPY (?!--from)(.+) \S+$/gmu)].flatMap(([, paths = '']) => paths.split(' '));
    expect(copied.length).toBeGreaterThan(5);
    const admitted = readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8');
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(admitted.split('\n')).toContain(`!${path}`);
    }
  });

  test('it runs as nobody, stops as the server does, and starts it with what it understands', () => {
    expect(file).toMatch(/^USER 10001:10001$/mu);
    expect(file).toMatch(/^STOPSIGNAL SIGTERM$/mu);
    expect(file).toMatch(/^VOLUME \/data$/mu);
    const flags = JSON.parse(/^CMD (\[.*\])$/mu.exec(file)?.[1] ?? '[]');
    expect(parseFlags(flags)).toMatchObject({
      command: 'serve',
      dataDir: '/data',
      port: 7443,
      metrics: { port: 9464 },
    });
  });
});

describe('the systemd unit', () => {
  const unit = readFileSync(join(folder, 'bespoke.service'), 'utf8');
  const analyze = (text: string, ...command: string[]) => {
    const at = mkdtempSync(join(tmpdir(), 'bespoke-unit-'));
    try {
      const path = join(at, 'bespoke.service');
      // Node.js is where this machine has it.
      writeFileSync(path, text.replace('/usr/bin/node', process.execPath));
      return spawnSync('systemd-analyze', [...command, path], { encoding: 'utf8' });
    } finally {
      rmSync(at, { recursive: true });
    }
  };

  test('systemd understands every line, and says which it does not', () => {
    expect(analyze(unit, 'verify', '--man=no')).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(analyze(unit.replace('ProtectHome', 'ProtectHomes'), 'verify', '--man=no').stderr).toContain('ProtectHomes');
  });

  test('it is exposed at most 1.5 of 10 by the measure of systemd, which notices what is left out', () => {
    const measure = ['security', '--offline=true', '--threshold=15', '--no-pager'];
    expect(analyze(unit, ...measure).status).toBe(0);
    expect(analyze(unit.replace('CapabilityBoundingSet=\n', ''), ...measure).status).toBe(1);
  });

  test('it starts the server with what it understands and gives it more time than it takes', () => {
    const command = /^ExecStart=([^\\\n]*(?:\\\n[^\\\n]*)*)$/mu.exec(unit)?.[1] ?? '';
    const [, , ...args] = command.replaceAll('\\\n', ' ').split(/\s+/u);
    const flags = parseFlags(args);
    expect(flags).toMatchObject({ command: 'serve', dataDir: '%S/bespoke', tlsKey: '%d/tls.key', drainSeconds: 25 });
    const [, seconds] = /^TimeoutStopSec=(\d+)s$/mu.exec(unit) ?? [];
    expect(Number(seconds)).toBeGreaterThan(flags.command === 'serve' ? flags.drainSeconds : Number.POSITIVE_INFINITY);
  });
});
