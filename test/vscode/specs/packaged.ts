import { expect, test } from 'vitest';
import { lineOf } from '../java-workspace.ts';
import type { OpenEditor } from '../open-editor.ts';

const shelf = 'domain/src/main/java/example/wayside/domain/depot/Shelf.java';

/** What the installed package shows before a server is needed. */
export function describePackaged(open: () => Promise<OpenEditor>): void {
  test('offers its commands', async () => {
    const { workbench } = await open();
    await workbench.openFile('Shelf.java');
    for (const title of [
      'Bespoke: Personalize to this Repo',
      'Bespoke: Generate Test',
      'Bespoke: Show Style Report',
      'Bespoke: Choose Model',
      'Bespoke: Roll Back Model',
      'Bespoke: Forget this Repo',
      'Bespoke: Connect to Server',
      'Bespoke: Show Log',
      'Bespoke: Show Server Log',
    ]) {
      expect(await workbench.offersCommand(title), title).toBe(true);
    }
    expect(await workbench.offersCommand('Bespoke: Keep the Shown Test')).toBe(false);
  });

  test('offers "Generate test" on a method', async () => {
    const { workbench, workspace } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, 'public int freeSlots'), 16);
    expect(await workbench.codeActions()).toContain('Generate test for freeSlots');
    await workbench.picture('light-bulb');
    await workbench.page.keyboard.press('Escape');
  });

  test('offers no test where none makes sense', async () => {
    const { workbench, workspace } = await open();
    const check = async (file: string, text: string) => {
      await workbench.openFile(file.slice(file.lastIndexOf('/') + 1));
      await workbench.goTo(lineOf(workspace, file, text), 16);
      const offered = await workbench.codeActionsOrNone();
      expect(
        offered.filter((title) => title.startsWith('Generate test')),
        `${file}: ${text}`,
      ).toEqual([]);
    };
    await check(shelf, 'private final int slots');
    await check('domain/src/test/java/example/wayside/domain/depot/ShelfTest.java', 'void isFull');
    await check('check/Unfit.java', 'private int hidden');
    await check('check/Unfit.java', 'abstract int later');
  });

  test('shows the style of the repository before any personalization', async () => {
    const { workbench } = await open();
    await workbench.openFile('ShelfTest.java');
    await workbench.command('Bespoke: Show Style Report');
    const report = workbench.webview();
    await report.getByText('AssertJ').first().waitFor();
    await report.getByText('JUnit 5').first().waitFor();
    await workbench.picture('style-report-before');
  });

  test('asks for consent with files, pairs, bytes and server, and sends nothing after a no', async () => {
    const { workbench, server } = await open();
    await workbench.command('Bespoke: Personalize to this Repo');
    await workbench.dialog().waitFor();
    const text = (await workbench.dialog().textContent()) ?? '';
    expect(text).toMatch(/Server: this machine\. Nothing leaves it\./);
    expect(text).toMatch(/Files: \d+ test files and \d+ source files/);
    expect(text).toMatch(/Pairs: \d+ tests/);
    expect(text).toMatch(/Size: \d+ kB/);
    await workbench.picture('consent');
    await workbench.dialog().getByText('Cancel', { exact: true }).click();
    await workbench.dialog().waitFor({ state: 'hidden' });
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
  });
}

/** Processes that only Bespoke starts. */
export function startedByBespoke(commandLines: readonly string[]): string[] {
  return commandLines.filter((line) =>
    /bespoke[^ ]*\/dist\/server\.js|bespoke_trainer|setup\.mjs|javac|Harness/.test(line),
  );
}
