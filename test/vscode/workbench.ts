import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
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
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
  }

  static async open(url: string): Promise<Workbench> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: browserParameters,
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    page.setDefaultTimeout(60_000);
    await page.goto(url);
    await page
      .locator('.monaco-workbench .explorer-folders-view .monaco-list-row')
      .first()
      .waitFor({ timeout: 120_000 });
    // The extensions are known once ours has its place in the activity bar.
    await page
      .getByRole('tab', { name: /^Bespoke/ })
      .first()
      .waitFor({ timeout: 120_000 });
    return new Workbench(browser, page);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Runs a command from the palette, by its title as the user types it. */
  async command(title: string): Promise<void> {
    await this.#inPalette(title, async () => {
      const row = this.page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: title });
      await row.waitFor({ timeout: 5_000 });
      await this.page.keyboard.press('Enter');
    });
  }

  /** Whether the palette offers a command with this title. */
  async offersCommand(title: string): Promise<boolean> {
    return await this.#inPalette(title, async () => {
      const rows = this.page.locator('.quick-input-widget .monaco-list-row');
      await rows.first().waitFor({ timeout: 5_000 });
      const offered = await rows.filter({ hasText: title }).count();
      await this.page.keyboard.press('Escape');
      return offered > 0;
    });
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
        await this.editor().waitFor({ timeout: 10_000 });
        return;
      } catch (cause) {
        await this.page.keyboard.press('Escape');
        if (tried === 3) throw cause;
      }
    }
  }

  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
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
    const none = this.page.getByText('No code actions available');
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
    await this.command('Notifications: Clear All Notifications');
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

  /** Drags the border of the side bar, so that a wide view has room. */
  async widenSideBar(toPixels: number): Promise<void> {
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

  /** Keeps a light and a dark picture for people, when the environment asks for it: `BESPOKE_SCREENSHOTS` names the folder. */
  async picture(name: string): Promise<void> {
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
      await this.page.screenshot({ path: join(target, `${name}-${theme}.png`) });
    }
  }
}
