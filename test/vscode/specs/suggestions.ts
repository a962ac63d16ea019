import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lineOf } from '../java-workspace.ts';
import type { OpenEditor } from '../open-editor.ts';
import { standInToken } from '../stand-in-server.ts';

const depot = 'example/wayside/domain/depot';
const chime = `domain/src/main/java/${depot}/Chime.java`;
const chimeTest = `domain/src/test/java/${depot}/ChimeTest.java`;
const checkMs = 4 * 60_000;

/** `Chime`, of which one method has a test and two have none. */
export function addChime(workspace: string): void {
  const files = {
    [chime]: `package example.wayside.domain.depot;

public final class Chime {
    public int strokes(int hour) {
        return hour % 12 == 0 ? 12 : hour % 12;
    }

    public String tone(boolean high) {
        return high ? "ding" : "dong";
    }

    public int pitch() {
        return 440;
    }
}
`,
    [chimeTest]: `package example.wayside.domain.depot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChimeTest {

    @Test
    void strokes_atNoon_thenTwelve() {
        assertThat(new Chime().strokes(12)).isEqualTo(12);
    }
}
`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
}

/** What the stand-in server writes: a useful test and one that fails; for `pitch` nothing. */
export const chimeCandidates: Readonly<Record<string, readonly string[]>> = {
  tone: [
    '@Test\nvoid tone_whenHigh_thenDing() {\n    System.out.println("high");\n    assertThat(new Chime().tone(true)).isEqualTo("ding");\n}',
    '@Test\nvoid tone_whenLow_thenDang() {\n    assertThat(new Chime().tone(false)).isEqualTo("dang");\n}',
  ],
};

/** What can be done with tests on offer, by keyboard alone, and the code lenses that lead there. */
export function describeSuggestions(open: () => Promise<OpenEditor>): void {
  test('says what to do when the model writes nothing', async () => {
    const { workbench, workspace } = await open();
    await workbench.connect(standInToken);
    await workbench.openFile('Chime.java');
    await workbench.goTo(lineOf(workspace, chime, 'int pitch'), 16);
    await workbench.command('Bespoke: Generate Test');
    await workbench
      .notification(/the model wrote no test for pitch .+: try again, or personalize first/)
      .waitFor({ timeout: checkMs });
    await workbench.clearNotifications();
  });

  test(
    'cycles, runs and discards by keyboard, and writes nothing',
    async () => {
      const { workbench, workspace } = await open();
      const before = readFileSync(join(workspace, chimeTest), 'utf8');
      const presses = await workbench.mousePresses();
      await workbench.openFile('Chime.java');
      await workbench.goTo(lineOf(workspace, chime, 'String tone'), 20);
      await workbench.command('Bespoke: Generate Test');
      await workbench.codeLens('Next (1 of 2)').waitFor({ timeout: checkMs });
      await expect.poll(() => workbench.ghostWords()).toContain('tone_whenHigh_thenDing');
      await workbench.command('Bespoke: Show the Next Test');
      await workbench.codeLens('Next (2 of 2)').waitFor();
      await expect.poll(() => workbench.ghostWords()).toContain('tone_whenLow_thenDang');
      await workbench.codeLens('compiles, does not pass').waitFor();

      const failed = workbench.page.locator('.part.panel .monaco-list-row .codicon-testing-failed-icon').first();
      await workbench.command('Bespoke: Run the Shown Test');
      await expect
        .poll(() => workbench.testResultCharacters(), { timeout: checkMs })
        .toMatch(/tone_whenLow_thenDang,atestofChime\.tonefor.+ChimeTest\.javacompiles,doesnotpassItexpected"dang"/);
      await failed.waitFor();
      // It is offered as before.
      await expect.poll(() => workbench.ghostWords()).toContain('tone_whenLow_thenDang');
      await workbench.command('Bespoke: Show the Previous Test');
      await workbench.codeLens('Next (1 of 2)').waitFor();
      await workbench.command('Bespoke: Run the Shown Test');
      await expect
        .poll(() => workbench.testResultCharacters(), { timeout: checkMs })
        .toMatch(/tone_whenHigh_thenDing,atestofChime\.tonefor.+ChimeTest\.javahighpasses\d+\.\ds,ina/);
      await failed.waitFor({ state: 'hidden' });
      await workbench.picture('run');

      await workbench.command('Bespoke: Discard the Shown Tests');
      await workbench.codeLens('Discard').waitFor({ state: 'hidden' });
      expect(await workbench.ghostWords()).toBe('');
      expect(await workbench.offersCommand('Bespoke: Run the Shown Test')).toBe(false);
      expect(readFileSync(join(workspace, chimeTest), 'utf8')).toBe(before);
      expect(await workbench.mousePresses()).toBe(presses);
    },
    checkMs,
  );

  test(
    'shows code lenses on public methods without a test once they are switched on',
    async () => {
      const { workbench, workspace, server } = await open();
      const lenses = () => workbench.codeLens('Generate test');
      await workbench.openFile('Chime.java');
      await workbench.page.waitForTimeout(1_000);
      expect(await lenses().count()).toBe(0);
      server.changeSettings({ 'bespoke.codeLens.untestedMethods': true });
      await expect.poll(() => lenses().count(), { timeout: 60_000 }).toBe(2);
      await workbench.picture('code-lens');
      await workbench.goTo(lineOf(workspace, chime, 'String tone'), 20);
      await workbench.command('Show CodeLens Commands for Current Line');
      const input = workbench.page.locator('.quick-input-widget .monaco-list-row.focused', {
        hasText: 'Generate test',
      });
      await input.waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.tab('ChimeTest.java').waitFor({ timeout: checkMs });
      await expect.poll(() => workbench.ghostWords()).toContain('tone_whenHigh_thenDing');
      // A kept test takes the lens away as soon as the file is saved.
      await workbench.command('Bespoke: Keep the Shown Test');
      await workbench.codeLens('Discard').waitFor({ state: 'hidden' });
      await workbench.page.keyboard.press('Control+s');
      await workbench.openFile('Chime.java');
      await expect.poll(() => lenses().count(), { timeout: 60_000 }).toBe(1);
      // So does one that another program writes.
      const outside =
        '\n    @Test\n    void pitch() {\n        assertThat(new Chime().pitch()).isEqualTo(440);\n    }\n}\n';
      const test = join(workspace, chimeTest);
      writeFileSync(test, readFileSync(test, 'utf8').replace(/\}\s*$/, outside));
      await expect.poll(() => lenses().count(), { timeout: 60_000 }).toBe(0);
      server.changeSettings({ 'bespoke.codeLens.untestedMethods': false });
      await expect.poll(() => lenses().count()).toBe(0);
    },
    checkMs,
  );
}
