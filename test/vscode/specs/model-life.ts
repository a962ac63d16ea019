import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { OpenEditor } from '../open-editor.ts';
import type { Workbench } from '../workbench.ts';

/** What there is to do with a model once it is trained: see its run, give it away, get one. Needs an editor with one that was trained. */
export function describeModelLife(open: () => Promise<OpenEditor>): void {
  const folder = mkdtempSync(join(tmpdir(), 'bespoke-packs-'));
  const file = join(folder, 'sample.bespoke-model');

  test('lists the runs, with what each trained on and gained', async () => {
    const { workbench } = await open();
    await workbench.openFile('Shelf.java');
    await workbench.command('Bespoke: Show Runs');
    const rows = workbench.page.locator('.quick-input-widget .monaco-list-row');
    await rows.filter({ hasText: 'done' }).first().waitFor();
    const texts = (await rows.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(
      /done, last-decoder-block, \d+ pairs, \d+ s.*perplexity [\d.]+ → [\d.]+ by pair; [\d.]+ → [\d.]+ by class/,
    );
    expect(texts[1]).toMatch(/cancelled, last-decoder-block, \d+ pairs, \d+ s/);
    await workbench.page.keyboard.press('Escape');
  });

  test('says in the status bar which model writes for the open file', async () => {
    const { workbench } = await open();
    await workbench.statusBar(/model of this repository|base model/).waitFor();
  });

  test('writes the model into a signed pack', async () => {
    const { workbench } = await open();
    await workbench.command('Bespoke: Export Model Pack');
    await namePath(workbench, file);
    await workbench.notification(/signed with the key SHA256:/).waitFor({ timeout: 60_000 });
    expect(statSync(file).size).toBeGreaterThan(1_000_000);
    await workbench.clearNotifications();
  });

  test('refuses a pack that was altered', async () => {
    const { workbench } = await open();
    const bytes = readFileSync(file);
    bytes[bytes.length - 100_000] = (bytes[bytes.length - 100_000] ?? 0) ^ 1;
    const altered = join(folder, 'altered.bespoke-model');
    writeFileSync(altered, bytes);
    await workbench.command('Bespoke: Import Model Pack');
    await namePath(workbench, altered);
    await workbench
      .notification(/altered\.bespoke-model was refused, its adapter\.safetensors was altered after it was signed: ask/)
      .waitFor({ timeout: 60_000 });
    await workbench.clearNotifications();
  });
}

/** Types a path into the editor's own file dialog. */
async function namePath(workbench: Workbench, path: string): Promise<void> {
  const input = workbench.page.locator('.quick-input-widget input.input');
  await expect.poll(() => input.inputValue(), { timeout: 20_000 }).toMatch(/^\//);
  // Until the dialog has listed its first folder, it puts back the name that it proposes.
  await expect
    .poll(
      async () => {
        const typed = await input.inputValue();
        if (typed !== path) await input.fill(path);
        return typed;
      },
      { interval: 1_500, timeout: 20_000 },
    )
    .toBe(path);
  // The first Enter may only take the dialog to the path's folder.
  await expect
    .poll(
      async () => {
        if (!(await input.isVisible())) return true;
        await workbench.page.keyboard.press('Enter');
        return false;
      },
      { interval: 2_000, timeout: 20_000 },
    )
    .toBe(true);
}
