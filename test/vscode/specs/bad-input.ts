import { expect, test } from 'vitest';
import { workspaceOf } from '../java-workspace.ts';
import type { VSCodeServer } from '../vscode-server.ts';
import { Workbench } from '../workbench.ts';
import { startedByBespoke } from './packaged.ts';

const cart =
  'class Cart {\n  private int items;\n  int add(int n) { return items += n; }\n  int size() { return items; }\n}\n';
const cartTest = (tests: number) =>
  `import org.junit.jupiter.api.Test;\nclass CartTest {\n${Array.from({ length: tests }, (_, at) => `  @Test void add${at}() { assert new Cart().add(${at}) == ${at}; }\n`).join('')}}\n`;

/** Each bad input gives one sentence with one thing to do, and nothing is lost. */
export function describeBadInput(start: () => Promise<VSCodeServer>): void {
  const inWorkbench = async (
    files: Readonly<Record<string, string>>,
    work: (workbench: Workbench) => Promise<void>,
  ) => {
    const server = await start();
    const workbench = await Workbench.open(server.pageOf(workspaceOf(files)));
    try {
      await workbench.command('Bespoke: Personalize to this Repo');
      await work(workbench);
    } finally {
      await workbench.close();
    }
    return server;
  };

  test('not a Java workspace', async () => {
    const server = await inWorkbench({ 'notes.txt': 'nothing' }, async (workbench) => {
      await workbench.notification(/There is no Java file in .+: open the folder of a Java project/).waitFor();
    });
    expect(startedByBespoke(server.childCommandLines())).toEqual([]);
  });

  test('no tests', async () => {
    await inWorkbench({ 'pom.xml': '<project/>', 'src/main/java/Cart.java': cart }, async (workbench) => {
      await workbench.notification(/no test method was found/).waitFor();
    });
  });

  test('three pairs', async () => {
    const files = {
      'pom.xml': '<project/>',
      'src/main/java/Cart.java': cart,
      'src/test/java/CartTest.java': cartTest(3),
    };
    await inWorkbench(files, async (workbench) => {
      await workbench.dialog().getByText('Personalize', { exact: true }).click();
      await workbench
        .notification(/a personalization needs at least .+: write more tests/)
        .waitFor({ timeout: 120_000 });
    });
  });

  test('broken Java beside good', async () => {
    const files = {
      'pom.xml': '<project/>',
      'src/main/java/Cart.java': cart,
      'src/main/java/Broken.java': 'class Broken { void a( { ',
      'src/test/java/CartTest.java': cartTest(2),
    };
    await inWorkbench(files, async (workbench) => {
      await workbench.dialog().waitFor();
      expect(await workbench.dialog().textContent()).toMatch(/Pairs: 2 tests/);
    });
  });
}
