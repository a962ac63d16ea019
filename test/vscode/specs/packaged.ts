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
      'Bespoke: Generate Tests for Class',
      'Bespoke: Preview Training Data',
      'Bespoke: Show Style Report',
      'Bespoke: Choose Model',
      'Bespoke: Roll Back Model',
      'Bespoke: Forget this Repo',
      'Bespoke: Connect to Server',
      'Bespoke: Diagnose Connection',
      'Bespoke: Show Log',
      'Bespoke: Show Server Log',
    ]) {
      expect(await workbench.offersCommand(title), title).toBe(true);
    }
    expect(await workbench.offersCommand('Bespoke: Keep the Shown Test')).toBe(false);
    expect(await workbench.offersCommand('Bespoke: Keep All Useful Tests')).toBe(false);
  });

  test('offers "Generate test" on a method', async () => {
    const { workbench, workspace } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, 'public int freeSlots'), 16);
    expect(await workbench.codeActions()).toContain('Generate test for freeSlots');
    await workbench.picture('light-bulb');
    await workbench.page.keyboard.press('Escape');
  });

  test('offers "Generate tests" on the header of a class', async () => {
    const { workbench, workspace } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, 'public final class Shelf'), 20);
    expect(await workbench.codeActions()).toContain('Generate tests for class Shelf');
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

  test('shows the training data read-only, from the palette and from the consent sheet', async () => {
    const { workbench, server } = await open();
    const check = async () => {
      await workbench.tab('Training data of sample.md').waitFor();
      await expect.poll(() => workbench.visibleWords()).toMatch(/would send these \d+ pairs \(of \d+ test methods/);
      const before = await workbench.visibleText();
      expect(before).toMatch(/## \w+Test, `\w+\/src\/test\/java\/.+`/);
      expect(before).toMatch(/### \w+ tests \w+\.\w+/);
      await workbench.page.keyboard.type('x');
      expect(await workbench.visibleText()).toBe(before);
    };
    await workbench.command('Bespoke: Preview Training Data');
    await check();
    await workbench.picture('training-data');
    await workbench.openFile('ShelfTest.java');
    await workbench.command('Bespoke: Personalize to this Repo');
    await workbench.dialog().getByText('Show the Pairs', { exact: true }).click();
    await check();
    await workbench.notification('every pair that would be sent').getByText('Cancel', { exact: true }).click();
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
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

  test('diagnoses the local server, which it starts for that', async () => {
    const { workbench, server } = await open();
    await workbench.command('Bespoke: Diagnose Connection');
    await workbench.tab('Diagnosis of Bespoke.md').waitFor({ timeout: 120_000 });
    await expect.poll(() => workbench.visibleWords()).toMatch(/Everything is fine\./);
    const words = await workbench.visibleWords();
    expect(words).toMatch(/\*\*Set-up\*\*: fine\./);
    expect(words).toMatch(/\*\*Process\*\*: fine\. It runs and listens on 127\.0\.0\.1:\d+\./);
    expect(words).toMatch(/\*\*Base model\*\*: fine\. It writes with smollm2-135m-instruct, [0-9a-f]{12}\./);
    await workbench.picture('diagnosis');
    expect(startedByBespoke(server.childCommandLines()).filter((line) => line.includes('server.js'))).toHaveLength(1);
  });
}

/** Processes that only Bespoke starts. */
export function startedByBespoke(commandLines: readonly string[]): string[] {
  return commandLines.filter((line) =>
    /bespoke[^ ]*\/dist\/server\.js|bespoke_trainer|setup\.mjs|javac|Harness/.test(line),
  );
}
