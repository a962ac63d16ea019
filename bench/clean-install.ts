import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CleanRoom } from '../test/vscode/clean-room.ts';
import { lineOf, smallWorkspace } from '../test/vscode/java-workspace.ts';
import { packagedExtension } from '../test/vscode/packaged-extension.ts';
import { ProcessWatch } from '../test/vscode/process-watch.ts';
import { bespokeHome, repositoryRoot, VSCodeServer } from '../test/vscode/vscode-server.ts';
import { Workbench } from '../test/vscode/workbench.ts';

export const options = {} as const;

const setUpMs = 40 * 60_000;
const runMs = 25 * 60_000;
const generationMs = 5 * 60_000;
const shelf = 'domain/src/main/java/example/wayside/domain/depot/Shelf.java';
const signatures = ['public boolean holds(', 'public boolean isFull(', 'public int freeSlots(', 'public int store('];

/**
 * What a new user goes through: the `.vsix` installed into a VS Code without settings, on a machine without the checkout and with an empty
 * home; *Set Up Local Server*, which fetches gigabytes; *Personalize to this Repo*; *Generate Test*; *Keep*.
 */
export default async function measure(_given: object, say: (line: string) => void): Promise<object> {
  const room = new CleanRoom({ withSetUp: false });
  try {
    for (const hidden of [repositoryRoot, bespokeHome]) {
      const found = room.said('find', [hidden, '!', '-type', 'd']);
      if (found !== '') throw new Error(`The room is not clean, it has ${found.split('\n')[0]}.`);
    }
    const extension = room.bring(packagedExtension());
    const server = await VSCodeServer.start({
      extensions: [extension],
      trusted: true,
      room,
      settings: {
        'bespoke.personalization.maxEpochs': 2,
        'bespoke.personalization.heldOutPairs': 6,
        'bespoke.personalization.comparedPairs': 2,
      },
    });
    const watch = new ProcessWatch(server.process.pid ?? 0, 200);
    try {
      const figures = await firstDay(server, say);
      const programs = new Set(watch.stop().started.map((line) => line.split(' ')[0]));
      return { vsixMegabytes: megabytes(statSync(extension).size), ...figures, programs: [...programs].toSorted() };
    } finally {
      watch.stop();
      await server.stop();
    }
  } finally {
    room.remove();
  }
}

async function firstDay(server: VSCodeServer, say: (line: string) => void): Promise<object> {
  const workspace = smallWorkspace();
  const workbench = await Workbench.open(server.pageOf(workspace));
  const timed = async (title: string, work: () => Promise<void>): Promise<number> => {
    const started = Date.now();
    await work();
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`${title}: ${seconds} s`);
    return seconds;
  };
  /** Waits for the wanted notification, and throws the text of a failure that comes instead. */
  const hear = async (wanted: string | RegExp, timeout: number): Promise<string> => {
    const failure = workbench.page.locator('.notifications-toasts .notification-list-item', {
      has: workbench.page.locator('.codicon-error'),
    });
    const heard = workbench.notification(wanted);
    await heard.or(failure).first().waitFor({ timeout });
    if ((await heard.count()) === 0) throw new Error((await failure.first().textContent()) ?? 'It failed.');
    return (await heard.first().locator('.notification-list-item-message').textContent()) ?? '';
  };
  try {
    await workbench.openFile('Shelf.java');
    const setUpSeconds = await timed('set-up', async () => {
      await workbench.command('Bespoke: Set Up Local Server');
      await workbench.answer('Set Up');
      await hear('the local server is set up', setUpMs);
    });
    const setUpMegabytes = sizesOf(join(server.dataDir, 'data', 'User', 'globalStorage', 'bespoke.bespoke'));
    let outcome = '';
    const personalizeSeconds = await timed('personalization', async () => {
      await workbench.command('Bespoke: Personalize to this Repo');
      await workbench.answer('Personalize');
      outcome = await hear(/writes from now on|was not activated/, runMs);
    });
    await workbench.command('Notifications: Clear All Notifications');
    let shown: string[] = [];
    const generateSeconds = await timed('first test', async () => {
      shown = await generate(workbench, workspace);
    });
    await workbench.command('Bespoke: Keep the Shown Test');
    await workbench.codeLens('Keep').waitFor({ state: 'hidden' });
    return { setUpSeconds, setUpMegabytes, personalizeSeconds, outcome, generateSeconds, shown };
  } finally {
    await workbench.close();
  }
}

/** Asks for tests of one method after the other until the model has written one. Returns the code lenses over it. */
async function generate(workbench: Workbench, workspace: string): Promise<string[]> {
  for (const signature of signatures) {
    await workbench.openFile('Shelf.java');
    await workbench.goTo(lineOf(workspace, shelf, signature), 16);
    await workbench.command('Bespoke: Generate Test');
    const failed = workbench.notification('the model wrote no test');
    await workbench.codeLens('Keep').or(failed).first().waitFor({ timeout: generationMs });
    if ((await failed.count()) > 0) {
      await workbench.command('Notifications: Clear All Notifications');
      continue;
    }
    await workbench.ghostText().first().waitFor();
    return (await workbench.codeLensTitles()).map((title) => title.trim());
  }
  throw new Error('The model wrote no test for any of the methods.');
}

/** Megabytes by name, of what lies in a folder; a file with several names counts once. */
function sizesOf(folder: string): Readonly<Record<string, number>> {
  const seen = new Set<number>();
  const bytesIn = (path: string): number => {
    const found = lstatSync(path);
    if (found.isDirectory()) return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
    if (seen.has(found.ino)) return 0;
    seen.add(found.ino);
    return found.size;
  };
  return Object.fromEntries(readdirSync(folder).map((name) => [name, megabytes(bytesIn(join(folder, name)))]));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
