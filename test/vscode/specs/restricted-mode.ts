import { expect, test } from 'vitest';
import type { OpenEditor } from '../open-editor.ts';
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
}
