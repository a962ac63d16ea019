import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyReceipt } from '../../../server/receipts/receipt.ts';
import { violationsIn } from '../../accessibility.ts';
import { lineOf } from '../java-workspace.ts';
import type { OpenEditor } from '../open-editor.ts';
import { leaveCorpusWithSmallBase } from '../other-base.ts';
import { ProcessWatch } from '../process-watch.ts';
import { bespokeHome, repositoryRoot } from '../vscode-server.ts';
import type { Workbench } from '../workbench.ts';
import { describeModelLife } from './model-life.ts';
import { checkReportInThemes } from './report-in-themes.ts';

/** Methods of the sample that are tried in turn until the model writes a passing test: how good it is is measured elsewhere. */
const focalMethods = [
  {
    file: 'domain/src/main/java/example/wayside/domain/depot/Shelf.java',
    method: 'holds',
    signature: 'public boolean holds(',
  },
  {
    file: 'domain/src/main/java/example/wayside/domain/depot/Shelf.java',
    method: 'isFull',
    signature: 'public boolean isFull(',
  },
  {
    file: 'domain/src/main/java/example/wayside/domain/depot/Shelf.java',
    method: 'freeSlots',
    signature: 'public int freeSlots(',
  },
  {
    file: 'domain/src/main/java/example/wayside/domain/depot/Shelf.java',
    method: 'store',
    signature: 'public int store(',
  },
  {
    file: 'domain/src/main/java/example/wayside/domain/depot/Shelf.java',
    method: 'take',
    signature: 'public Optional<Parcel> take(',
  },
];
const testFile = 'domain/src/test/java/example/wayside/domain/depot/ShelfTest.java';

const runMs = 25 * 60_000;
const generationMs = 4 * 60_000;

/** The main job with the real server, trainer, base model and Maven. */
export function describeMainJob(open: () => Promise<OpenEditor>): void {
  test('a run that is cancelled leaves everything as it was', async () => {
    const { workbench, server } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.command('Bespoke: Personalize to this Repo');
    await workbench.answer('Personalize');
    const progress = workbench.notification(/personalizing: (loading the model|preparing the frozen part)/);
    await progress.waitFor({ timeout: generationMs });
    await progress.getByText('Cancel', { exact: true }).click();
    await workbench.notification('the personalization was cancelled').waitFor({ timeout: 60_000 });
    await expect.poll(() => server.childCommandLines().filter((line) => line.includes('bespoke_trainer'))).toEqual([]);
    await workbench.clearNotifications();
  });

  test(
    'personalizes after consent, with progress, and shows the proof',
    async () => {
      const editor = await open();
      const { workbench, server } = editor;
      const watch = new ProcessWatch(server.process.pid ?? 0, 100);
      const presses = await workbench.mousePresses();
      await workbench.openFile('Shelf.java');
      await workbench.command('Bespoke: Personalize to this Repo');
      await workbench.answer('Personalize');
      await workbench.statusBar(/Bespoke: training/).waitFor({ timeout: runMs });
      await workbench
        .notification(/training, step \d+ of at most \d+, loss [\d.]+, .+ left/)
        .waitFor({ timeout: runMs });
      await workbench.picture('personalizing');
      const outcome = workbench.notification(/writes from now on|was not activated/);
      await outcome.waitFor({ timeout: runMs });
      await workbench.picture('personalized');
      expect(await outcome.textContent()).toMatch(
        /Perplexity on tests it never saw: [\d.]+ → [\d.]+ by pair \(\d+ tests\)/,
      );
      await workbench.command('Bespoke: Show Style Report');
      const report = workbench.webview();
      await report.getByText('Pairs held out at random').first().waitFor();
      await report
        .getByText(/smollm2-135m-tests/)
        .first()
        .waitFor();
      // By keyboard alone so far; making room for a picture takes the mouse.
      expect(await workbench.mousePresses()).toBe(presses);
      await workbench.widenSideBar(760);
      await workbench.picture('style-report');
      await report.getByRole('heading', { name: 'Proof' }).scrollIntoViewIfNeeded();
      await workbench.picture('style-report-proof');
      await workbench.widenSideBar(300);
      await workbench.page.getByText('personalized, ').first().waitFor();
      await workbench.clearNotifications();
      // Training, both models' tests and Maven: all of it without a network.
      const { started, connections } = watch.stop();
      expect(started.filter((line) => line.includes('bespoke_trainer'))).not.toEqual([]);
      expect(connections.filter((farEnd) => !farEnd.startsWith('tcp 127.0.0.1:'))).toEqual([]);
      // Installed from its package: of the checkout nothing runs but what set-up put into its home, Python, the base model and VS Code.
      const ofCheckout = started.filter((line) => line.replaceAll(bespokeHome, '').includes(repositoryRoot));
      expect(ofCheckout).toEqual([]);
    },
    runMs,
  );

  test('the report after it is accessible in light, dark and high contrast, and so is the exported file', async () => {
    const editor = await open();
    const { workbench, workspace } = editor;
    await workbench.command('Bespoke: Show Style Report');
    await workbench.webview().getByText('Pairs held out at random').first().waitFor();
    await checkReportInThemes(editor);
    await workbench.command('Bespoke: Export Style Report');
    const path = workbench.page.locator('.quick-input-widget input.input');
    await expect.poll(() => path.inputValue()).toContain('-style-report.html');
    const file = join(workspace, 'report.html');
    await path.fill(file);
    await workbench.page.keyboard.press('Enter');
    await workbench.notification('the style report is in report.html').waitFor();
    await workbench.clearNotifications();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const forcedColors of ['none', 'active'] as const) {
        const page = await workbench.browser.newPage({ colorScheme, forcedColors });
        await page.goto(`file://${file}`);
        await page.getByRole('heading', { name: 'Proof' }).waitFor();
        expect(await violationsIn(page), `${colorScheme}, high contrast ${forcedColors}`).toEqual([]);
        await page.close();
      }
    }
  });

  test(
    'writes a test at the right place, cycles through candidates, and keeps one that passes under Maven',
    async () => {
      const { workbench, workspace } = await open();
      const before = readFileSync(join(workspace, testFile), 'utf8');
      const presses = await workbench.mousePresses();
      // The best would be a useful test; how often the model writes one is measured elsewhere.
      const passing =
        (await generateUntil(workbench, workspace, /passes$/)) ?? (await generateUntil(workbench, workspace, /passes/));
      expect(passing, 'a method for which the model writes a passing test').toBeDefined();
      // Nothing is written before the user keeps a test.
      expect(readFileSync(join(workspace, testFile), 'utf8')).toBe(before);
      const ghost = (await workbench.ghostText().allTextContents()).join('');
      expect(ghost).toContain('@Test');
      await workbench.picture('ghost-text');
      await workbench.picture('walkthrough-keep', workbench.ghostText().nth(3));
      await workbench.picture('walkthrough-control', workbench.page.locator('.part.sidebar .composite.title'));

      // Once around: every candidate is shown, and the first one again at the end.
      const shown = async () => (await workbench.ghostText().allTextContents()).join('');
      const number = Number(/ of (\d)/.exec((await workbench.codeLensTitles()).join(' '))?.[1]);
      for (let at = 2; at <= number; at += 1) {
        await workbench.page.keyboard.press('Alt+]');
        await workbench.codeLens(`Next (${at} of ${number})`).waitFor();
        await expect.poll(shown).not.toBe(ghost);
        if (at === 2) await workbench.picture('ghost-text-next');
      }
      await workbench.page.keyboard.press('Alt+]');
      await workbench.codeLens(`Next (1 of ${number})`).waitFor();
      await expect.poll(shown).toBe(ghost);

      await workbench.page.keyboard.press('Tab');
      await workbench.codeLens('Keep').waitFor({ state: 'hidden' });
      await workbench.page.keyboard.press('Control+s');
      await expect.poll(() => readFileSync(join(workspace, testFile), 'utf8')).not.toBe(before);
      await workbench.picture('kept');
      checkOneTestMore(before, readFileSync(join(workspace, testFile), 'utf8'));

      const maven = spawnSync('mvn', ['-q', '-pl', 'domain', '-Dtest=ShelfTest', 'test'], {
        cwd: workspace,
        encoding: 'utf8',
      });
      expect(maven.status, maven.stdout + maven.stderr).toBe(0);
      expect(await workbench.mousePresses()).toBe(presses);
    },
    focalMethods.length * generationMs,
  );

  test(
    'previews a test class that does not exist yet and makes it after a yes',
    async () => {
      const { workbench, workspace } = await open();
      const source = 'domain/src/main/java/example/wayside/domain/depot/OpeningHours.java';
      const fresh = join(workspace, 'domain/src/test/java/example/wayside/domain/depot/OpeningHoursTest.java');
      rmSync(fresh);
      await workbench.openFile('OpeningHours.java');
      await workbench.goTo(lineOf(workspace, source, 'public boolean'), 20);
      await workbench.chooseCodeAction('Generate test for');
      await workbench.codeLens('Create This File').waitFor({ timeout: generationMs });
      await workbench.picture('new-file-preview');
      expect(await workbench.visibleText()).toContain('class OpeningHoursTest');
      expect(existsSync(fresh)).toBe(false);
      await workbench.command('Bespoke: Keep the Shown Test');
      await workbench.answer('Create');
      await expect.poll(() => existsSync(fresh)).toBe(true);
      expect(readFileSync(fresh, 'utf8')).toMatch(
        /^package example\.wayside\.domain\.depot;\n\nimport [\s\S]*\nclass OpeningHoursTest \{\n[\s\S]*@Test\n[\s\S]*\n\}\n$/,
      );
      await workbench.page.locator('.tabs-container .tab.active', { hasText: 'OpeningHoursTest.java' }).waitFor();
    },
    generationMs,
  );

  describeModelLife(open);

  test('chooses among the models, goes back, and forgets everything with receipts, also what another base keeps', async () => {
    const { workbench, workspace, server } = await open();
    await workbench.openFile('Shelf.java');
    const pick = async (label: RegExp) => {
      await workbench.command('Bespoke: Choose Model');
      const rows = workbench.page.locator('.quick-input-widget .monaco-list-row');
      await rows.filter({ hasText: label }).first().waitFor();
      const focused = workbench.page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: label });
      for (let tried = 0; tried < 5 && (await focused.count()) === 0; tried += 1) {
        await workbench.page.keyboard.press('ArrowDown');
      }
      await workbench.page.keyboard.press('Enter');
    };
    await pick(/Base model/);
    await workbench.notification('the base model writes from now on').waitFor();
    await pick(/last-decoder-block/);
    await workbench.notification('this personalized model writes from now on').waitFor();
    await workbench.command('Bespoke: Roll Back Model');
    await workbench.notification('no earlier personalized model is left; the base model writes').waitFor();
    await leaveCorpusWithSmallBase(server, workspace);
    await workbench.command('Bespoke: Forget this Repo');
    await workbench.dialog().getByText('This cannot be undone').waitFor();
    await workbench.answer('Forget');
    const erased = workbench.notification(/erased \d+ corp\w+, \d+ runs?, \d+ models? and .+ of sample/);
    await erased.getByText('Save Receipt').click();
    const path = workbench.page.locator('.quick-input-widget input.input');
    await expect.poll(() => path.inputValue()).toContain('sample-forgotten.json');
    const file = join(workspace, '..', 'sample-forgotten.json');
    await path.fill(file);
    await workbench.page.keyboard.press('Enter');
    const files = [file, file.replace('.json', '-2.json')];
    await expect.poll(() => files.every((one) => existsSync(one))).toBe(true);
    const [ofSmallBase, own] = files.map((one) => verifyReceipt(readFileSync(one, 'utf8')).statement.content);
    expect(ofSmallBase).toMatchObject({ corpusSha256s: [expect.any(String)], runs: 0 });
    expect(own?.runs).toBeGreaterThan(0);
    await workbench.clearNotifications();
    await workbench.command('Bespoke: Choose Model');
    const rows = workbench.page.locator('.quick-input-widget .monaco-list-row');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await workbench.page.keyboard.press('Escape');
  });
}

/** Generates for one method after the other until the first candidate's state is the wanted one and there are several. */
async function generateUntil(workbench: Workbench, workspace: string, wanted: RegExp): Promise<string | undefined> {
  for (const { file, method, signature } of focalMethods) {
    await workbench.openFile(file.slice(file.lastIndexOf('/') + 1));
    await workbench.goTo(lineOf(workspace, file, signature), 16);
    await workbench.chooseCodeAction(`Generate test for ${method}`);
    const shown = workbench.codeLens('Keep');
    const failed = workbench.notification('Bespoke: the model wrote no test');
    await shown.or(failed).first().waitFor({ timeout: generationMs });
    if ((await failed.count()) > 0) continue;
    await workbench.ghostText().first().waitFor();
    const lenses = (await workbench.codeLensTitles()).join(' ').trim();
    if (wanted.test(lenses) && /Next \(1 of/.test(lenses)) return method;
    await workbench.command('Bespoke: Discard the Shown Tests');
    await shown.waitFor({ state: 'hidden' });
  }
  return undefined;
}

/** The old file with one method more after its last test, before the closing brace, and perhaps some imports. */
function checkOneTestMore(before: string, after: string): void {
  const count = (source: string) => source.match(/@Test\b/g)?.length ?? 0;
  expect(count(after)).toBe(count(before) + 1);
  const bodyOf = (source: string) => source.slice(source.indexOf('class '));
  const [old, fresh] = [bodyOf(before).trimEnd(), bodyOf(after).trimEnd()];
  const kept = old.slice(0, -1).trimEnd();
  expect(fresh.startsWith(kept)).toBe(true);
  expect(fresh.slice(kept.length)).toMatch(/^\n\n {4}@\w[\s\S]*\n {4}\}\n\}$/);
}
