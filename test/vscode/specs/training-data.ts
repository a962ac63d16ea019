import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lineOf } from '../java-workspace.ts';
import type { OpenEditor } from '../open-editor.ts';
import { standInToken } from '../stand-in-server.ts';

const depot = 'example/wayside/domain/depot';
const horn = `domain/src/main/java/${depot}/Horn.java`;
const hornTest = `domain/src/test/java/${depot}/HornTest.java`;
const existing = '@Test\nvoid blow_once_thenToot() {\n    assertThat(new Horn().blow(1)).isEqualTo("toot");\n}';
const checkMs = 4 * 60_000;

/** `Horn`, whose one method has a test. */
export function addHorn(workspace: string): void {
  const files = {
    [horn]: `package example.wayside.domain.depot;

public final class Horn {
    public String blow(int times) {
        return "toot".repeat(times);
    }
}
`,
    [hornTest]: `package example.wayside.domain.depot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HornTest {

    ${existing.replaceAll('\n', '\n    ')}
}
`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
}

/** What the stand-in server writes: a copy of the test that is there, one that notices nothing, and a useful one. */
export const hornCandidates: Readonly<Record<string, readonly string[]>> = {
  blow: [
    existing.replace('blow_once_thenToot', 'blow_again_thenToot'),
    '@Test\nvoid blow_never_thenNothing() {\n    Horn horn = new Horn();\n    horn.blow(0);\n    assertThat(horn.hashCode()).isEqualTo(horn.hashCode());\n}',
    '@Test\nvoid blow_twice_thenTootToot() {\n    assertThat(new Horn().blow(2)).isEqualTo("toottoot");\n}',
  ],
};

/** What a team decides about the tests that are learned from, and what it reads about those that are written. */
export function describeTrainingData(open: () => Promise<OpenEditor>): void {
  test(
    'hides a copy, marks a test that proves little, and says how the others compare',
    async () => {
      const { workbench, workspace } = await open();
      await workbench.connect(standInToken);
      await workbench.openFile('Horn.java');
      await workbench.goTo(lineOf(workspace, horn, 'String blow'), 20);
      await workbench.command('Bespoke: Generate Test');
      await workbench.codeLens('Next (1 of 2)').waitFor({ timeout: checkMs });
      await expect.poll(() => workbench.ghostWords()).toContain('blow_twice_thenTootToot');
      const note = /^style \d+ %, resembles HornTest#blow_once_thenToot \d+ %, 1 hidden$/;
      await workbench.codeLens(note).waitFor();
      await workbench.picture('compared');
      await workbench.codeLens(note).click();
      const said =
        /Resembles HornTest#blow_once_thenToot \(\d+ %\)\. House style: \d+ %.*1 hidden: repeats HornTest#blow_once_thenToot\./;
      await workbench.notification(said).waitFor();
      await workbench.clearNotifications();
      await workbench.command('Bespoke: Show the Next Test');
      await workbench.codeLens('passes, but proves little').waitFor();
      await workbench.codeLens('passes, but proves little').click();
      await workbench.notification(/It still passes when Horn\.blow is broken/).waitFor();
      await workbench.clearNotifications();
      await workbench.command('Bespoke: Discard the Shown Tests');
    },
    // The editor may have to be packed and started first.
    2 * checkMs,
  );

  test('rejects a test in the preview, and accepts it again', async () => {
    const { workbench, workspace } = await open();
    const file = join(workspace, '.bespokeignore');
    const written = () => (existsSync(file) ? readFileSync(file, 'utf8') : null);
    expect(written()).toBeNull();
    await workbench.command('Bespoke: Preview Training Data');
    await workbench.tab('Training data of').waitFor({ timeout: 60_000 });
    await workbench.page.keyboard.press('Control+Home');
    await workbench.codeLens('Reject: never learn from this test').first().click();
    await expect.poll(written, { timeout: 60_000 }).toMatch(/^\/domain\/src\/test\/java\/\S+Test\.java#\w+\n$/);
    const name = /#(\w+)\n$/.exec(written() ?? '')?.[1] ?? '';

    const accept = workbench.codeLens(`Accept ${name} again`);
    // The document is made anew meanwhile, and gets longer.
    const atEnd = async () => {
      await workbench.page.keyboard.press('Control+End');
      return accept.count();
    };
    await expect.poll(atEnd, { timeout: 60_000 }).toBe(1);
    await workbench.picture('rejected');
    await accept.click();
    await expect.poll(written, { timeout: 60_000 }).toBe('');
    await accept.waitFor({ state: 'hidden' });
  });

  test('saves the house style, and says what is wrong with a changed one', async () => {
    const { workbench, workspace } = await open();
    const file = join(workspace, 'bespoke-house-style.json');
    await workbench.command('Bespoke: Save House Style');
    await workbench.tab('bespoke-house-style.json').waitFor({ timeout: 60_000 });
    const style = JSON.parse(readFileSync(file, 'utf8'));
    expect(style).toMatchObject({ framework: ['JUnit 5'], structure: ['// given, // when, // then'] });
    // As a colleague's commit would, and not this editor.
    writeFileSync(file, JSON.stringify({ ...style, naming: ['as we like it'] }));
    await workbench.notification(/"naming" cannot be "as we like it": it can be .+ Tests are not scored\./).waitFor();
    await workbench.clearNotifications();
    writeFileSync(file, JSON.stringify(style));
  });
}
