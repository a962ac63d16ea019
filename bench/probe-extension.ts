import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../test/vscode/vscode-server.ts';
import type { Workbench } from '../test/vscode/workbench.ts';

/** How long what waits for the extension host had to wait, beyond its time. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly seconds: number;
}

/** A second extension, for this bench only: all extensions share one process, so its clock sees what ours does to the others. */
export interface Probe {
  /** The `.vsix` to install. */
  readonly file: string;
  during(workbench: Workbench, work: () => Promise<void>): Promise<EventLoopDelay>;
}

/** `resultFile` is where the probe writes to. */
export function probeExtension(resultFile: string): Probe {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-probe-extension-'));
  const file = join(folder, 'probe.vsix');
  const commands = ['start', 'stop'].map((name) => ({ command: `probe.${name}`, title: name, category: 'Probe' }));
  const manifest = {
    ...{ name: 'probe', publisher: 'bespoke-bench', version: '1.0.0', engines: { vscode: '^1.100.0' } },
    ...{ main: './probe.js', extensionKind: ['workspace'], contributes: { commands } },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'probe.js'), programOf(resultFile));
  writeFileSync(join(folder, 'README.md'), 'Measures the delay of the extension host.\n');
  const vsce = join(repositoryRoot, 'node_modules', '.bin', 'vsce');
  const parameters = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', file];
  const ended = spawnSync(vsce, parameters, { cwd: folder, encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`Packaging the probe failed: ${ended.stdout}${ended.stderr}`);
  return {
    file,
    async during(workbench, work) {
      rmSync(resultFile, { force: true });
      await workbench.command('Probe: start');
      await work();
      await workbench.command('Probe: stop');
      for (let tried = 0; tried < 300 && !existsSync(resultFile); tried += 1) await sleep(100);
      return JSON.parse(readFileSync(resultFile, 'utf8'));
    },
  };
}

function programOf(resultFile: string): string {
  return `const { monitorEventLoopDelay } = require('node:perf_hooks');
const { renameSync, writeFileSync } = require('node:fs');
const vscode = require('vscode');
exports.activate = (context) => {
  let delay, startedMs;
  const ms = (nanoseconds) => Math.round(nanoseconds / 1e4) / 100;
  context.subscriptions.push(
    vscode.commands.registerCommand('probe.start', () => {
      delay = monitorEventLoopDelay({ resolution: 1 });
      startedMs = Date.now();
      delay.enable();
    }),
    vscode.commands.registerCommand('probe.stop', () => {
      delay.disable();
      const result = { p50Ms: ms(delay.percentile(50)), p99Ms: ms(delay.percentile(99)), maxMs: ms(delay.max), seconds: (Date.now() - startedMs) / 1000 };
      writeFileSync(${JSON.stringify(`${resultFile}.part`)}, JSON.stringify(result));
      renameSync(${JSON.stringify(`${resultFile}.part`)}, ${JSON.stringify(resultFile)});
    }),
  );
};
`;
}
