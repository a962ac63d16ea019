import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { OpenEditor } from '../open-editor.ts';
import { standInToken } from '../stand-in-server.ts';

const depot = 'example/wayside/domain/depot';
const bell = `domain/src/main/java/${depot}/Bell.java`;
const bellTest = `domain/src/test/java/${depot}/BellTest.java`;
const gong = `domain/src/main/java/${depot}/Gong.java`;
const gongTest = `domain/src/test/java/${depot}/GongTest.java`;
const checkMs = 4 * 60_000;

/** `Bell`, of which one method has a test and three have none, and `Gong`, which has no test class. */
export function addBells(workspace: string): void {
  const files = {
    [bell]: `package example.wayside.domain.depot;

public final class Bell {
    private int rings;

    public int ring() {
        return ++rings;
    }

    public boolean isSilent() {
        return rings == 0;
    }

    public int ringTwice() {
        ring();
        return ring();
    }

    public String sound() {
        return "ding";
    }

    private int hidden() {
        return rings;
    }
}
`,
    [gong]: `package example.wayside.domain.depot;

public final class Gong {
    public int strike(int times) {
        return 2 * times;
    }

    public boolean isLoud() {
        return true;
    }
}
`,
    [bellTest]: `package example.wayside.domain.depot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BellTest {

    @Test
    void ring_once_thenReturnsOne() {
        assertThat(new Bell().ring()).isEqualTo(1);
    }
}
`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
}

/** What the stand-in server writes: useful, useful, and a test that fails. */
export const bellCandidates: Readonly<Record<string, readonly string[]>> = {
  isSilent: [
    '@Test\nvoid isSilent_whenNew_thenTrue() {\n    assertThat(new Bell().isSilent()).isTrue();\n}',
    '@Test\nvoid isSilent_afterARing_thenFalse() {\n    var subject = new Bell();\n    subject.ring();\n    assertThat(subject.isSilent()).isFalse();\n}',
  ],
  ringTwice: ['@Test\nvoid ringTwice_thenReturnsTwo() {\n    assertThat(new Bell().ringTwice()).isEqualTo(2);\n}'],
  strike: ['@Test\nvoid strike_thenEchoes() {\n    assertThat(new Gong().strike(2)).isEqualTo(4);\n}'],
  isLoud: ['@Test\nvoid isLoud_thenTrue() {\n    assertThat(new Gong().isLoud()).isTrue();\n}'],
  sound: ['@Test\nvoid sound_thenDong() {\n    assertThat(new Bell().sound()).isEqualTo("dong");\n}'],
};

/** Diagnosis of a server that is set, then tests for a whole class from it; keyboard only. The server is a stand-in. */
export function describeTestsForClass(open: () => Promise<OpenEditor>): void {
  test('diagnoses the missing token, a wrong one, and a connection that is fine', async () => {
    const { workbench } = await open();
    const check = async (token: string | undefined, expected: readonly RegExp[]) => {
      if (token !== undefined) await workbench.connect(token);
      await workbench.command('Bespoke: Diagnose Connection');
      await workbench.tab('Diagnosis of Bespoke.md').waitFor();
      for (const pattern of expected)
        await expect.poll(() => workbench.visibleWords(), { timeout: 60_000 }).toMatch(pattern);
      expect(await workbench.visibleWords()).not.toContain(standInToken);
      await workbench.openFile('Bell.java');
    };
    await check(undefined, [
      /\*\*Workspace trust\*\*: fine/,
      /\*\*Build tool\*\*: fine\. Apache Maven/,
      /\*\*JDK\*\*: fine\. Java \d+/,
      /\*\*Connection\*\*: fine/,
      /\*\*Token\*\*: PROBLEM\. There is no token for 127\.0\.0\.1:\d+: connect to the server first\./,
      /\*\*Base model\*\*: not checked\. Token comes first\./,
    ]);
    await check('another', [/One problem: .* does not accept the token: connect again with a valid one\./]);
    await check(standInToken, [
      /Everything is fine\./,
      /\*\*Server version\*\*: fine\. It is 9\.9\.9\./,
      /\*\*Base model\*\*: fine\. It writes with stand-in, a{12}\./,
    ]);
  });

  test(
    'writes tests for the methods that have none, and nothing into a file',
    async () => {
      const { workbench, workspace } = await open();
      const before = readFileSync(join(workspace, bellTest), 'utf8');
      await workbench.openFile('Bell.java');
      await workbench.goTo(3, 20);
      await workbench.command('Bespoke: Generate Tests for Class');
      await workbench.notification(/tests for 3 methods of Bell were tried, 2 useful/).waitFor({ timeout: checkMs });
      await expect.poll(() => workbench.treeRows()).toContain('Bell 3 of 3');
      const rows = (await workbench.treeRows()).join('\n');
      expect(rows).toMatch(/isSilent passes\nisSilent_whenNew_thenTrue It compiles, passes/);
      expect(rows).toMatch(/ringTwice passes\nringTwice_thenReturnsTwo It compiles, passes/);
      expect(rows).toMatch(/sound compiles, does not pass/);
      expect(rows).not.toMatch(/^(ring|hidden) /m);
      expect(readFileSync(join(workspace, bellTest), 'utf8')).toBe(before);
      await workbench.picture('class-tests');
      await workbench.clearNotifications();
    },
    checkMs,
  );

  test('offers a chosen one as ghost text, to keep, cycle or discard', async () => {
    const { workbench } = await open();
    await workbench.command('Bespoke: Focus on Tests for Classes View');
    await workbench.chooseTreeRow('isSilent_whenNew_thenTrue');
    await workbench.tab('BellTest.java').waitFor();
    await workbench.codeLens('Next (1 of 2)').waitFor();
    await expect.poll(() => workbench.ghostWords()).toContain('isSilent_whenNew_thenTrue');
    await workbench.picture('class-tests-ghost-text');
    await workbench.command('Bespoke: Keep the Shown Test');
    await expect.poll(() => workbench.treeRows()).toContain('isSilent kept');
  });

  test(
    'keeps the other useful one after a yes, beside what was kept before',
    async () => {
      const { workbench, workspace } = await open();
      await workbench.command('Bespoke: Keep All Useful Tests');
      await workbench.dialog().getByText('Keep 1 useful test?').waitFor();
      expect(await workbench.dialog().textContent()).toContain('Bell.ringTwice: BellTest.java');
      await workbench.page.keyboard.press('Enter');
      await workbench.notification('kept 1 test of 1').waitFor({ timeout: checkMs });
      await expect.poll(() => workbench.treeRows()).toContain('ringTwice kept');
      expect((await workbench.treeRows()).join('\n')).toMatch(/sound compiles, does not pass\nsound_thenDong .*"dong"/);
      expect(await workbench.offersCommand('Bespoke: Keep All Useful Tests')).toBe(false);
      await workbench.openFile('BellTest.java');
      await workbench.page.keyboard.press('Control+s');
      await expect
        .poll(() => readFileSync(join(workspace, bellTest), 'utf8').match(/void \w+/g))
        .toEqual(['void ring_once_thenReturnsOne', 'void isSilent_whenNew_thenTrue', 'void ringTwice_thenReturnsTwo']);
    },
    checkMs,
  );

  test(
    'makes a test class that does not exist yet, and puts the second test into it',
    async () => {
      const { workbench, workspace } = await open();
      await workbench.openFile('Gong.java');
      await workbench.command('Bespoke: Generate Tests for Class');
      await workbench.notification(/tests for 2 methods of Gong were tried, 2 useful/).waitFor({ timeout: checkMs });
      await workbench.command('Bespoke: Focus on Tests for Classes View');
      await workbench.chooseTreeRow('strike_thenEchoes');
      await workbench.codeLens('Create This File').waitFor();
      expect(existsSync(join(workspace, gongTest))).toBe(false);
      await workbench.command('Bespoke: Keep All Useful Tests');
      await workbench.dialog().getByText('Keep 2 useful tests?').waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.notification('kept 2 tests of 2').waitFor({ timeout: checkMs });
      // The preview of the file that is there now is gone.
      await workbench.codeLens('Create This File').waitFor({ state: 'hidden' });
      expect(await workbench.offersCommand('Bespoke: Keep the Shown Test')).toBe(false);
      await workbench.openFile('GongTest.java');
      await workbench.page.keyboard.press('Control+s');
      await expect
        .poll(() => readFileSync(join(workspace, gongTest), 'utf8').match(/void \w+/g))
        .toEqual(['void strike_thenEchoes', 'void isLoud_thenTrue']);
    },
    checkMs,
  );
}
