import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { declaredCommands } from '../driven-commands.ts';
import type { OpenEditor } from '../open-editor.ts';
import { ProcessWatch } from '../process-watch.ts';
import { startedByBespoke } from './packaged.ts';

/** Restricted Mode: no process, no byte sent, and nothing on offer that would need them. */
export function describeRestrictedMode(open: () => Promise<OpenEditor>, connectionsMade: () => number): void {
  test('starts nothing and offers nothing', async () => {
    const { workbench, server } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.page
      .getByRole('tab', { name: /^Bespoke/ })
      .first()
      .click();
    await workbench.page.getByText('This workspace is in Restricted Mode').first().waitFor();
    await workbench.picture('restricted-mode');
    await workbench.goTo(34, 10);
    expect(await workbench.codeActionsOrNone()).not.toContain('Generate test for freeSlots');
    expect(await workbench.offersCommand('Bespoke: Personalize to this Repo')).toBe(false);
    expect(await workbench.offersCommand('Bespoke: Generate Test')).toBe(false);
    // Reading is allowed: the report of what is there needs no process.
    await workbench.command('Bespoke: Show Style Report');
    await workbench.webview().getByText('AssertJ').first().waitFor();
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
  });

  test('diagnoses and previews by reading alone', async () => {
    const { workbench, server } = await open();
    expect(await workbench.offersCommand('Bespoke: Generate Tests for Class')).toBe(false);
    await workbench.command('Bespoke: Diagnose Connection');
    await workbench.tab('Diagnosis of Bespoke.md').waitFor();
    await expect.poll(() => workbench.visibleWords()).toMatch(/One problem: .*Restricted Mode.*Manage Workspace Trust/);
    const words = await workbench.visibleWords();
    for (const subject of ['Build tool', 'JDK', 'Name', 'Connection', 'TLS certificate', 'Token', 'Base model']) {
      expect(words).toContain(`**${subject}**: not checked. In Restricted Mode nothing is started or sent.`);
    }
    await workbench.command('Bespoke: Preview Training Data');
    await workbench.tab('Training data of sample.md').waitFor();
    await expect.poll(() => workbench.visibleWords()).toContain('Looking at them sends nothing.');
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
    expect(connectionsMade()).toBe(0);
  });

  test('whatever command is run, no process starts and no socket opens', async () => {
    const { workbench, server } = await open();
    // The editor's own processes come before the watch: to find files, and to read Markdown.
    await workbench.openFile('README.md');
    await workbench.openFile('ShelfTest.java');
    await workbench.openFile('Shelf.java');
    await untilQuiet(server.extensionHost());
    const extensionHost = new ProcessWatch(server.extensionHost(), 20);
    const all = new ProcessWatch(server.process.pid ?? 0, 20);
    const offered = new Set(await workbench.offeredCommands('Bespoke: '));
    const declared = declaredCommands();
    for (const title of declared.filter((name) => offered.has(name))) {
      await workbench.command(title);
      await workbench.page.waitForTimeout(1_500);
      await workbench.page.keyboard.press('Escape');
    }
    for (const line of [12, 34, 44]) {
      await workbench.openTab('Shelf.java');
      await workbench.goTo(line, 16);
      await workbench.codeActionsOrNone();
    }
    expect(offered.has('Bespoke: Show Style Report')).toBe(true);
    expect(offered.has('Bespoke: Personalize to this Repo')).toBe(false);
    // Looking for files is the editor's own, for itself: nothing of ours asks for it.
    const isOwn = (line: string) => line.includes('/@vscode/ripgrep/') || line === '[rg]';
    const watched = extensionHost.stop();
    expect(watched.started.filter((line) => !isOwn(line))).toEqual([]);
    expect(watched.connections).toEqual([]);
    const { started, connections } = all.stop();
    expect(started.filter((line) => !isOwn(line))).toEqual([]);
    // The browser that shows the editor may connect again, to the editor's own server.
    expect(connections.filter((farEnd) => !farEnd.startsWith('tcp 127.0.0.1:'))).toEqual([]);
    expect(connectionsMade()).toBe(0);
  });
}

/** Waits until a process has started nothing for some seconds. */
async function untilQuiet(pid: number): Promise<void> {
  for (let tried = 0; tried < 20; tried += 1) {
    const watch = new ProcessWatch(pid, 50);
    await sleep(4_000);
    const { started, faultsOfEndedChildren } = watch.stop();
    if (started.length === 0 && faultsOfEndedChildren === 0) return;
  }
}
