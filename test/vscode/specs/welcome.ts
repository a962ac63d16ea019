import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { violationsIn } from '../../accessibility.ts';
import { workspaceOf } from '../java-workspace.ts';
import type { VSCodeServer } from '../vscode-server.ts';
import { Workbench } from '../workbench.ts';

const shop = {
  'pom.xml': '<project/>',
  'src/main/java/Cart.java': 'class Cart {\n  int add(int n) { return n; }\n}\n',
  'src/test/java/CartTest.java':
    'import org.junit.jupiter.api.Test;\nclass CartTest {\n  @Test void adds() { assert new Cart().add(1) == 1; }\n}\n',
};

/** The view "This Repository" says what to do first, whatever is missing. Restricted Mode and a personalized repository have tests of their own. */
export function describeWelcome(start: () => Promise<VSCodeServer>): void {
  const check = async (folder: string | undefined, text: string, buttons: readonly string[]) => {
    const server = await start();
    const workbench = await Workbench.open(server.pageOf(folder), folder !== undefined);
    try {
      await workbench.command('Bespoke: Focus on This Repository View');
      const welcome = workbench.page.locator('.part.sidebar .welcome-view-content', { hasText: text });
      await welcome.waitFor();
      expect(await welcome.locator('.monaco-button').allTextContents()).toEqual(buttons);
      await workbench.picture(`welcome-${buttons[0]?.toLowerCase().replaceAll(' ', '-')}`);
      // The report's place is not blank either, and can be read aloud.
      await workbench.command('Bespoke: Show Style Report');
      await workbench.webview().locator('main').waitFor();
      expect(await violationsIn(await workbench.webviewDocument())).toEqual([]);
    } finally {
      await workbench.close();
    }
  };

  test('a window without a folder', () =>
    check(undefined, 'Open a folder with Java sources and tests', ['Open Folder']));

  test('a folder without Java', () =>
    check(workspaceOf({ 'notes.txt': 'nothing' }), 'No Java tests were found here', ['Open Folder']));

  test('a repository that nothing was learned from yet', () =>
    check(workspaceOf(shop), 'Let Bespoke learn how this repository writes its tests', ['Personalize to this Repo']));

  test('a machine without the local server', async () => {
    const server = await start();
    server.changeSettings({ 'bespoke.localServer.home': join(mkdtempSync(join(tmpdir(), 'bespoke-home-')), 'empty') });
    try {
      await check(workspaceOf(shop), 'once its Python environment and base model are there', [
        'Set Up Local Server',
        'Connect to Server',
      ]);
    } finally {
      server.changeSettings({ 'bespoke.localServer.home': '' });
    }
  });
}
