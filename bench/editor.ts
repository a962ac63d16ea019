import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JavaParser, withJavaTree } from '../core/java/java-parser.ts';
import { readCompilationUnit } from '../core/java/read-compilation-unit.ts';
import { mineWorkspace } from '../core/mining/mine-workspace.ts';
import type { TestPair } from '../core/mining/test-pair.ts';
import { sampleWorkspace } from '../test/vscode/java-workspace.ts';
import { packagedExtension } from '../test/vscode/packaged-extension.ts';
import { VSCodeServer } from '../test/vscode/vscode-server.ts';
import { Workbench } from '../test/vscode/workbench.ts';
import { writeLargeWorkspace } from './large-workspace.ts';
import { percentile } from './percentile.ts';
import { probeExtension } from './probe-extension.ts';

export const options = {
  methods: { type: 'string', default: '50' },
  files: { type: 'string', default: '5000' },
} as const;

const generateKey = 'Control+Alt+g';
const waitMs = 5 * 60_000;
/** The lens itself: others tell of tests whose names speak of keeping. */
const keep = /^\W*Keep$/;

/**
 * How the editor feels, in the real VS Code with the packaged extension, the real local server and the base model: the time from the
 * keystroke that asks for a test to the first ghost text on screen, with and without checking, and how long the extension host keeps
 * others waiting while it mines a large workspace and while it generates.
 */
export default async function measure(
  given: { readonly methods: string; readonly files: string },
  say: (line: string) => void,
): Promise<object> {
  const workspace = sampleWorkspace();
  const probeFile = join(mkdtempSync(join(tmpdir(), 'bespoke-probe-')), 'delay.json');
  const probe = probeExtension(probeFile);
  const methods = (await methodsWithTestClass(workspace)).slice(0, Number(given.methods));
  const server = await VSCodeServer.start({
    extensions: [packagedExtension(), probe.file],
    trusted: true,
    keybindings: [{ key: 'ctrl+alt+g', command: 'bespoke.generateTest', when: 'editorLangId == java' }],
  });
  try {
    const large = writeLargeWorkspace(Number(given.files));
    const mining = await inWorkbench(server, large, (workbench) =>
      probe.during(workbench, async () => {
        await workbench.command('Bespoke: Preview Training Data');
        await workbench.tab('Training data of').waitFor({ timeout: waitMs });
      }),
    );
    say(`mining ${given.files} files: event loop p99 ${mining.p99Ms} ms, longest ${mining.maxMs} ms`);
    return await inWorkbench(server, workspace, async (workbench) => {
      const first = methods[0];
      if (first === undefined) throw new Error('The sample workspace has no method with a test class.');
      // Starts the server, loads the model and builds the module: once for a window.
      const coldMs = await timeToGhostText(workbench, first);
      say(`the first test of the window: ${coldMs} ms`);
      const checked: (number | null)[] = [];
      const generating = await probe.during(workbench, async () => {
        for (const method of methods) checked.push(await timeToGhostText(workbench, method));
      });
      server.changeSettings({ 'bespoke.generation.check': false });
      const unchecked: (number | null)[] = [];
      for (const method of methods) unchecked.push(await timeToGhostText(workbench, method));
      return {
        files: Number(given.files),
        coldMs,
        withCheck: summary(checked),
        withoutCheck: summary(unchecked),
        eventLoopWhileMining: mining,
        eventLoopWhileGenerating: generating,
      };
    });
  } finally {
    await server.stop();
  }
}

interface MethodPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Distinct methods that have a test, so that the next one is ghost text in a file that is there. */
async function methodsWithTestClass(workspace: string): Promise<MethodPlace[]> {
  const pairs: TestPair[] = [];
  for await (const record of mineWorkspace({ workspace, mode: 'default', threads: 0 })) {
    if (record.kind === 'pair') pairs.push(record.pair);
  }
  const parser = await JavaParser.create();
  const places = new Map<string, MethodPlace>();
  try {
    for (const { focalFile, focalClass, focalMethod } of pairs) {
      const source = readFileSync(join(workspace, focalFile), 'utf8');
      const types = withJavaTree(parser, source, readCompilationUnit).types;
      const method = types.find(({ name }) => name === focalClass)?.methods.find(({ name }) => name === focalMethod);
      if (method === undefined || method.modifiers.includes('private')) continue;
      const line = source.slice(0, method.bodyStart).split('\n').length;
      places.set(`${focalFile}#${focalMethod}`, { file: focalFile, line });
    }
  } finally {
    parser.delete();
  }
  return [...places.values()];
}

/** Milliseconds on the page's own clock; `null` when the model wrote nothing that can be shown. */
async function timeToGhostText(workbench: Workbench, { file, line }: MethodPlace): Promise<number | null> {
  const { page } = workbench;
  await workbench.openFile(file);
  await workbench.goTo(line, 8);
  await page.evaluate(watchForGhostText);
  await page.keyboard.press(generateKey);
  const failed = workbench.notification(/the model wrote no test|has no place/);
  await workbench.codeLens(keep).or(failed).first().waitFor({ timeout: waitMs });
  if ((await failed.count()) > 0) {
    await workbench.command('Notifications: Clear All Notifications');
    return null;
  }
  await page.waitForFunction('window.ghostTextMs !== undefined', undefined, { timeout: waitMs });
  const tookMs = await page.evaluate<number>('window.ghostTextMs');
  await workbench.command('Bespoke: Discard the Shown Tests');
  await workbench.codeLens(keep).waitFor({ state: 'hidden' });
  return Math.round(tookMs);
}

/** From the next keystroke to the first ghost text in the page. */
const watchForGhostText = `(() => {
  window.ghostTextMs = undefined;
  let pressedMs;
  window.addEventListener('keydown', (event) => { if (event.key === 'g') pressedMs ??= performance.now(); }, true);
  const observer = new MutationObserver(() => {
    if (pressedMs === undefined || document.querySelector('.editor-instance .ghost-text-decoration, .editor-instance .ghost-text') === null) return;
    window.ghostTextMs = performance.now() - pressedMs;
    observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true });
})()`;

function summary(times: readonly (number | null)[]): object {
  const shown = times.filter((time) => time !== null);
  return {
    methods: times.length,
    shown: shown.length,
    medianMs: percentile(shown, 0.5),
    p95Ms: percentile(shown, 0.95),
  };
}

async function inWorkbench<T>(
  server: VSCodeServer,
  folder: string,
  work: (workbench: Workbench) => Promise<T>,
): Promise<T> {
  const workbench = await Workbench.open(server.pageOf(folder));
  try {
    return await work(workbench);
  } finally {
    await workbench.close();
  }
}
