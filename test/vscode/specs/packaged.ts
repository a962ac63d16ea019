import { expect, test } from 'vitest';
import { declaredCommands } from '../driven-commands.ts';
import { lineOf } from '../java-workspace.ts';
import type { OpenEditor } from '../open-editor.ts';
import { checkReportInThemes } from './report-in-themes.ts';

const shelf = 'domain/src/main/java/example/wayside/domain/depot/Shelf.java';
const shelfTest = 'domain/src/test/java/example/wayside/domain/depot/ShelfTest.java';

/** What the installed package shows before a server is needed. */
export function describePackaged(open: () => Promise<OpenEditor>): void {
  test('offers its commands', async () => {
    const { workbench } = await open();
    await workbench.openFile('Shelf.java');
    const waiting = ['Keep the Shown Test', 'Show the Next Test', 'Show the Previous Test', 'Run the Shown Test'];
    waiting.push('Discard the Shown Tests', 'Keep All Useful Tests');
    const expected = declaredCommands().filter((title) => !waiting.some((name) => title === `Bespoke: ${name}`));
    const offered = await workbench.offeredCommands('Bespoke: ');
    expect(offered.filter((title) => declaredCommands().includes(title)).toSorted()).toEqual(expected.toSorted());
  });

  test('offers "Generate test" on a method', async () => {
    const { workbench, workspace } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, 'public int freeSlots'), 16);
    expect(await workbench.codeActions()).toContain('Generate test for freeSlots');
    await workbench.picture('light-bulb');
    await workbench.picture('walkthrough-generate', workbench.page.locator('.action-widget'));
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
    const check = async (file: string, text: string, reason?: RegExp) => {
      await workbench.openFile(file.slice(file.lastIndexOf('/') + 1));
      await workbench.goTo(lineOf(workspace, file, text), 16);
      const offered = await workbench.codeActionsOrNone();
      expect(
        offered.filter((title) => title.startsWith('Generate test')),
        `${file}: ${text}`,
      ).toEqual([]);
      const greyed = async () =>
        (await workbench.refactorings()).filter(({ text, disabled }) => disabled && text.startsWith('Generate test'));
      await expect
        .poll(greyed, { timeout: 20_000, message: `${file}: ${text}` })
        .toEqual(reason === undefined ? [] : [{ text: expect.stringMatching(reason), disabled: true }]);
    };
    await check(shelf, 'private final int slots');
    await check(
      shelfTest,
      'void isFull',
      /^Generate test: this is a test file: go to the method that is to be tested\.$/,
    );
    await check('check/Unfit.java', 'private int hidden', /hidden is private: generate a test for a method that calls/);
    await check('check/Unfit.java', 'abstract int later', /later has no body, so there is nothing to test/);
    await check('check/Unfit.java', 'int written', /written is generated code: test what generates it/);
    await check('generated-sources/Made.java', 'int made', /made is generated code/);
  });

  test('leaves the source actions to the Java test extension, which has "Generate Tests..." there', async () => {
    const { workbench, workspace } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, 'public int freeSlots'), 16);
    const offered = await workbench.refactorings();
    expect(offered).toContainEqual({ text: 'Generate test for freeSlots', disabled: false });
    await workbench.command('Source Action...');
    await workbench.page.getByText('No source actions available').first().waitFor();
  });

  test('shows the style of the repository before any personalization', async () => {
    const { workbench } = await open();
    await workbench.openFile('ShelfTest.java');
    await workbench.command('Bespoke: Show Style Report');
    const report = workbench.webview();
    await report.getByText('AssertJ').first().waitFor();
    await report.getByText('JUnit 5').first().waitFor();
    await workbench.picture('style-report-before');
    await workbench.widenSideBar(760);
    const houseStyle = report.getByRole('heading', { name: 'House style' });
    await houseStyle.evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
    await workbench.picture('walkthrough-look', workbench.page.locator('iframe.webview.ready'));
    await workbench.widenSideBar(300);
  });

  test('the report before a personalization is accessible in light, dark and high contrast', async () => {
    const editor = await open();
    await editor.workbench.command('Bespoke: Show Style Report');
    await checkReportInThemes(editor);
  });

  test('opens the two logs, and says that the local server is there', async () => {
    const { workbench } = await open();
    const channel = workbench.page.locator('.part.panel .monaco-action-bar select, .part.panel .monaco-select-box');
    await workbench.command('Bespoke: Show Server Log');
    await expect
      .poll(() =>
        channel
          .first()
          .inputValue()
          .catch(() => ''),
      )
      .toBe('Bespoke Server');
    await workbench.command('Bespoke: Show Log');
    await expect
      .poll(() =>
        channel
          .first()
          .inputValue()
          .catch(() => ''),
      )
      .toBe('Bespoke');
    await workbench.command('Bespoke: Set Up Local Server');
    await workbench.notification('the local server is set up').waitFor();
    await workbench.clearNotifications();
  });

  test('walks a newcomer through five steps', async () => {
    const { workbench } = await open();
    await workbench.command('Welcome: Open Walkthrough...');
    const row = workbench.page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Tests written your way' });
    await row.first().waitFor();
    await workbench.page.keyboard.type('Tests written your way');
    await workbench.page.keyboard.press('Enter');
    const steps = workbench.page.locator('.gettingStartedContainer .getting-started-step h3');
    await expect.poll(() => steps.allTextContents()).toHaveLength(5);
    await workbench.picture('walkthrough');
    await workbench.command('View: Close Editor');
  });

  test('shows the training data read-only, from the palette and from the consent sheet', async () => {
    const { workbench, server } = await open();
    const check = async () => {
      await workbench.tab('Training data of sample.md').waitFor();
      await expect.poll(() => workbench.visibleWords()).toMatch(/would send these \d+ pairs \(of \d+ test methods/);
      // Its code lenses move the lines when they come.
      await workbench.page.waitForTimeout(1_500);
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
    await workbench.choose('Whole repository');
    await workbench.dialog().getByText('Show the Pairs', { exact: true }).click();
    await check();
    await workbench.notification('every pair that would be sent').getByText('Cancel', { exact: true }).click();
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
  });

  test('asks for consent with files, pairs, bytes and server, and sends nothing after a no', async () => {
    const { workbench, server } = await open();
    await workbench.command('Bespoke: Personalize to this Repo');
    await workbench.choose('Whole repository');
    await workbench.dialog().waitFor();
    const text = (await workbench.dialog().textContent()) ?? '';
    expect(text).toMatch(/Server: this machine\. Nothing leaves it\./);
    expect(text).toMatch(/Files: \d+ test files and \d+ source files/);
    expect(text).toMatch(/Pairs: \d+ tests/);
    expect(text).toMatch(/Size: \d+ kB/);
    await workbench.picture('consent');
    await workbench.picture('walkthrough-personalize', workbench.dialog());
    await workbench.dialog().getByText('Cancel', { exact: true }).click();
    await workbench.dialog().waitFor({ state: 'hidden' });
    await workbench.command('Bespoke: Personalize to this Repo');
    await workbench.choose('Module text');
    await workbench.dialog().getByText('Personalize to sample, module text?').waitFor();
    const ofModule = (await workbench.dialog().textContent()) ?? '';
    const pairsIn = (words: string) => Number(/Pairs: (\d+) tests/.exec(words)?.[1]);
    expect(pairsIn(ofModule)).toBeGreaterThan(0);
    expect(pairsIn(ofModule)).toBeLessThan(pairsIn(text));
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
    expect(words).toMatch(/\*\*Base model\*\*: fine\. It writes with smollm2-135m-tests, [0-9a-f]{12}\./);
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
