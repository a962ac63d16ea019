import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Frame, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { noteDriven } from './driven-commands.ts';
import { repositoryRoot } from './vscode-server.ts';

const browserParameters = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** The editor's window, driven as a user drives it. */
export class Workbench {
  readonly page: Page;
  /** The program that the window is in. */
  readonly browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.page = page;
  }

  /** Waits for the explorer of a folder, unless the window has none. */
  static async open(url: string, hasFolder = true): Promise<Workbench> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: browserParameters,
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    page.setDefaultTimeout(60_000);
    await page.addInitScript(
      "window.mousePresses = 0; window.addEventListener('mousedown', () => { window.mousePresses += 1; }, true);",
    );
    await page.goto(url);
    const explorer = hasFolder ? '.explorer-folders-view .monaco-list-row' : '.part.activitybar';
    await page.locator(`.monaco-workbench ${explorer}`).first().waitFor({ timeout: 120_000 });
    // The extensions are known once ours has its place in the activity bar.
    await page
      .getByRole('tab', { name: /^Bespoke/ })
      .first()
      .waitFor({ timeout: 120_000 });
    return new Workbench(browser, page);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** Runs a command from the palette, by its whole title. */
  async command(title: string): Promise<void> {
    await this.#inPalette(title, async () => {
      // Right after the start the list is that of the moment: the extension's commands join it, and what was typed narrows it.
      const offered = this.page.locator('.quick-input-widget .monaco-list-row .label-name', { hasText: title });
      await offered.first().waitFor({ timeout: 10_000 });
      const focused = this.page.locator('.quick-input-widget .monaco-list-row.focused .label-name').first();
      await focused.waitFor({ timeout: 5_000 });
      // Commands that were used before come first, whatever fits best.
      for (let tried = 0; tried < 10; tried += 1) {
        if ((await focused.textContent())?.trim() === title) {
          await this.page.keyboard.press('Enter');
          noteDriven(title);
          return;
        }
        await this.page.keyboard.press('ArrowDown');
      }
      throw new Error(`The palette does not offer "${title}".`);
    });
  }

  /** Takes the choice of a list that has this text, by keyboard. */
  async choose(text: string | RegExp): Promise<void> {
    const row = this.page.locator('.quick-input-widget .monaco-list-row', { hasText: text });
    await row.first().waitFor();
    const focused = this.page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: text });
    for (let tried = 0; tried < 20 && (await focused.count()) === 0; tried += 1) {
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
  }

  /** Whether the palette offers a command with this title. */
  async offersCommand(title: string): Promise<boolean> {
    return (await this.offeredCommands(title)).includes(title);
  }

  /** Titles of the commands that the palette offers and that start like this. */
  async offeredCommands(start: string): Promise<string[]> {
    return await this.#inPalette(start, async () => {
      const none = this.page.locator('.quick-input-list .monaco-list-row', { hasText: 'No matching commands' });
      const focused = this.page.locator('.quick-input-widget .monaco-list-row.focused .label-name').first();
      await none.or(focused).first().waitFor({ timeout: 5_000 });
      const found = new Set<string>();
      // Only some rows are drawn at a time: the keyboard goes through all of them and starts again at the first.
      for (
        let name = await this.#nameIn(focused);
        name !== '' && !found.has(name);
        name = await this.#nameIn(focused)
      ) {
        found.add(name);
        await this.page.keyboard.press('ArrowDown');
      }
      await this.page.keyboard.press('Escape');
      return [...found].filter((name) => name.startsWith(start));
    });
  }

  /** Empty when there is no such row. */
  async #nameIn(row: Locator): Promise<string> {
    return (await row.count()) === 0 ? '' : ((await row.textContent()) ?? '').trim();
  }

  /** Works with the palette that has a title typed into it; tries again when a view that loads took the focus away meanwhile. */
  async #inPalette<T>(title: string, work: () => Promise<T>): Promise<T> {
    const input = this.page.locator('.quick-input-widget input.input');
    for (let tried = 0; ; tried += 1) {
      try {
        await this.page.keyboard.press('F1');
        await input.waitFor({ timeout: 5_000 });
        await input.fill(`>${title}`, { timeout: 5_000 });
        return await work();
      } catch (cause) {
        await this.page.keyboard.press('Escape');
        if (tried === 3) throw cause;
      }
    }
  }

  /** Opens a file of the workspace by the end of its path and waits for its text. */
  async openFile(name: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    for (let tried = 0; ; tried += 1) {
      try {
        await this.page.keyboard.press('Control+p');
        await input.waitFor({ timeout: 5_000 });
        await input.fill(name);
        const base = name.slice(name.lastIndexOf('/') + 1);
        await this.page
          .locator('.quick-input-widget .monaco-list-row.focused', { hasText: base })
          .waitFor({ timeout: 10_000 });
        await this.page.keyboard.press('Enter');
        await this.page.locator('.tabs-container .tab.active', { hasText: base }).waitFor({ timeout: 10_000 });
        // The tab is there before the file is: until then the keyboard is in the file that was open.
        await this.page
          .locator(`.editor-group-container.active .editor-instance .monaco-editor[data-uri$="/${base}"]`)
          .waitFor({ timeout: 10_000 });
        return;
      } catch (cause) {
        await this.page.keyboard.press('Escape');
        if (tried === 3) throw cause;
      }
    }
  }

  /** Goes to a file that is open, without the editor looking for files. */
  async openTab(name: string): Promise<void> {
    for (let tried = 0; tried < 20 && (await this.tab(name).count()) === 0; tried += 1) {
      await this.command('View: Open Next Editor');
    }
    await this.tab(name).waitFor();
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
    await this.statusBar(new RegExp(`^Ln ${line}, `)).waitFor();
  }

  /** What somebody who looks at the window would say of it: for tests that failed. */
  async described(): Promise<string> {
    const texts = async (selector: string) =>
      (await this.page.locator(selector).allTextContents()).map((text) => text.trim()).join(' | ');
    const seen = {
      notifications: await texts('.notifications-toasts .notification-list-item'),
      tabs: await texts('.tabs-container .tab'),
      'active tab': await texts('.tabs-container .tab.active'),
      'quick input': await texts('.quick-input-widget:visible'),
      dialog: await texts('.monaco-dialog-box'),
      'status bar': await texts('.statusbar-item'),
    };
    return Object.entries(seen)
      .map(([name, text]) => `  ${name}: ${text}`)
      .join('\n');
  }

  /** Titles in the light-bulb menu at the cursor; the menu stays open. */
  async codeActions(): Promise<string[]> {
    await this.page.keyboard.press('Control+.');
    const rows = this.page.locator('.action-widget .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allTextContents()).map((title) => title.trim());
  }

  /** As `codeActions`, where there may be none; the menu is closed again. */
  async codeActionsOrNone(): Promise<string[]> {
    await this.page.keyboard.press('Control+.');
    const none = this.#message('No code actions available');
    const rows = this.page.locator('.action-widget .monaco-list-row');
    await none.or(rows.first()).first().waitFor();
    const titles = (await rows.allTextContents()).map((title) => title.trim());
    await this.page.keyboard.press('Escape');
    return titles;
  }

  async chooseCodeAction(title: string): Promise<void> {
    await this.page.keyboard.press('Control+.');
    const focused = this.page.locator('.action-widget .monaco-list-row.focused');
    await focused.first().waitFor();
    for (let tried = 0; tried < 20; tried += 1) {
      if ((await focused.first().textContent())?.includes(title)) {
        await this.page.keyboard.press('Enter');
        return;
      }
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`The light-bulb menu does not offer "${title}".`);
  }

  /** Rows of the *Refactor…* menu at the cursor, which also shows what cannot be done; the menu is closed again. */
  async refactorings(): Promise<{ readonly text: string; readonly disabled: boolean }[]> {
    await this.page.keyboard.press('Control+Shift+r');
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    const none = this.#message('No refactorings available');
    await none.or(rows.first()).first().waitFor();
    const found = await rows.evaluateAll((elements) =>
      elements.map((row) => ({
        text: row.textContent?.trim() ?? '',
        disabled: row.classList.contains('option-disabled'),
      })),
    );
    await this.page.keyboard.press('Escape');
    return found;
  }

  /** What the editor says at the cursor. What it reads aloud stays in the page longer than what it shows. */
  #message(text: string): Locator {
    return this.page.locator('.monaco-editor-overlaymessage', { hasText: text });
  }

  /** How often a mouse button was pressed in this window. */
  async mousePresses(): Promise<number> {
    return this.page.evaluate('window.mousePresses');
  }

  /** Goes through what can have the keyboard until it is the button with this title, and presses it. */
  async pressButton(title: string): Promise<void> {
    for (let tried = 0; tried < 20; tried += 1) {
      const focused = await this.page.evaluate('document.activeElement?.textContent?.trim()');
      if (focused === title) {
        await this.page.keyboard.press('Enter');
        return;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard does not reach a button "${title}".`);
  }

  /** Answers a modal dialog by keyboard. */
  async answer(title: string): Promise<void> {
    await this.dialog().waitFor();
    await this.pressButton(title);
    await this.dialog().waitFor({ state: 'hidden' });
  }

  editor(): Locator {
    return this.page.locator('.editor-group-container.active .editor-instance .view-lines').first();
  }

  tab(name: string): Locator {
    return this.page.locator('.tabs-container .tab.active', { hasText: name });
  }

  /** Answers *Connect to Server* with the address that is set and this token, and waits for what comes of it. */
  async connect(token: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.command('Bespoke: Connect to Server');
    await this.page.locator('.quick-input-widget', { hasText: '1 of 2' }).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget', { hasText: '2 of 2' }).waitFor();
    await input.fill(token);
    await this.page.keyboard.press('Enter');
    await this.notification(/connected to|does not accept the token/).waitFor();
    await this.clearNotifications();
  }

  /** Label and description of the rows in the side bar. */
  async treeRows(): Promise<string[]> {
    return this.page.locator('.part.sidebar .monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => {
        const part = (name: string) => row.querySelector(name)?.textContent?.trim() ?? '';
        return `${part('.label-name')} ${part('.label-description')}`;
      }),
    );
  }

  /** Goes down the tree that has the keyboard to a row, and opens it. */
  async chooseTreeRow(label: string): Promise<void> {
    const focused = this.page.locator('.part.sidebar .monaco-list-row.focused', { hasText: label });
    await this.page.keyboard.press('Home');
    for (let tried = 0; tried < 20; tried += 1) {
      if ((await focused.count()) > 0) {
        await this.page.keyboard.press('Enter');
        return;
      }
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`The tree has no row "${label}".`);
  }

  codeLens(title: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a', { hasText: title });
  }

  /** Of all code lenses on screen, those without a command too. */
  async codeLensTitles(): Promise<string[]> {
    return this.page.locator('.codelens-decoration').allTextContents();
  }

  ghostText(): Locator {
    return this.page.locator('.editor-instance .ghost-text');
  }

  async ghostWords(): Promise<string> {
    return (await this.ghostText().allTextContents()).join('').replaceAll('\u00a0', ' ');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  async clearNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
    // Against a flood the editor shows at most three within 800 ms, and others only in the list behind the bell.
    await this.page.waitForTimeout(800);
  }

  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  statusBar(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** The document inside the webview that is shown. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** The same document, to run scripts in. */
  async webviewDocument(): Promise<Frame> {
    const inner = this.page.frameLocator('iframe.webview.ready').locator('#active-frame');
    // The editor takes a new frame whenever the page is set anew.
    for (let tried = 0; tried < 50; tried += 1) {
      const frame = await (await inner.elementHandle())?.contentFrame();
      if (frame !== null && frame !== undefined) return frame;
      await this.page.waitForTimeout(100);
    }
    throw new Error('The webview has no document.');
  }

  /** What *Test Results* shows of the last run, without white space: it breaks lines anywhere. */
  async testResultCharacters(): Promise<string> {
    const lines = await this.page.locator('.part.panel .xterm-rows > div').allTextContents();
    return lines.join('').replaceAll(/\s+/g, '');
  }

  /** Makes the side bar wide or narrow, so that a wide view has room in the pictures; without pictures there is no need to. */
  async widenSideBar(toPixels: number): Promise<void> {
    if (process.env.BESPOKE_SCREENSHOTS === undefined) return;
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('There is no side bar.');
    const border = box.x + box.width;
    await this.page.mouse.move(border, 450);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + toPixels, 450, { steps: 8 });
    await this.page.mouse.up();
  }

  /** Text of the file on screen, as the editor renders it. */
  async visibleText(): Promise<string> {
    const lines = await this.editor()
      .locator('.view-line')
      .evaluateAll((elements) =>
        elements
          .map((element) => ({
            top: Number.parseFloat((element as HTMLElement).style.top),
            text: element.textContent ?? '',
          }))
          .toSorted((a, b) => a.top - b.top)
          .map(({ text }) => text),
      );
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** As `visibleText`, with every run of white space as one space: long lines of prose are wrapped on screen. */
  async visibleWords(): Promise<string> {
    return (await this.visibleText()).replaceAll(/\s+/g, ' ');
  }

  /** 720 by 450 pixels of the window, as far to the middle of what is shown as its border allows. */
  async #partAround(shown: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await shown.first().boundingBox();
    const window = this.page.viewportSize();
    if (box === null || window === null) throw new Error('There is nothing to take a picture of.');
    const part = { width: 720, height: 450 };
    const start = (middle: number, length: number, end: number) =>
      Math.round(Math.min(Math.max(0, middle - length / 2), end - length));
    const x = start(box.x + box.width / 2, part.width, window.width);
    return { x, y: start(box.y + box.height / 2, part.height, window.height), ...part };
  }

  /**
   * Keeps a light and a dark picture for people, when the environment asks for it: `BESPOKE_SCREENSHOTS` names the folder. `around` is what
   * a smaller one is about, for the walkthrough.
   */
  async picture(name: string, around?: Locator): Promise<void> {
    const folder = process.env.BESPOKE_SCREENSHOTS;
    if (folder === undefined) return;
    const target = join(repositoryRoot, folder);
    mkdirSync(target, { recursive: true });
    // Where it hovers over nothing.
    await this.page.mouse.move(760, 890);
    // Light last: that is what the tests go on with. The editor follows the system's theme.
    for (const theme of ['dark', 'light'] as const) {
      await this.page.emulateMedia({ colorScheme: theme });
      await this.page.locator(theme === 'dark' ? '.monaco-workbench.vs-dark' : '.monaco-workbench.vs').waitFor();
      await this.page.waitForTimeout(800);
      const path = join(target, `${name}-${theme}.png`);
      await this.page.screenshot({ path, ...(around === undefined ? {} : { clip: await this.#partAround(around) }) });
    }
  }
}
