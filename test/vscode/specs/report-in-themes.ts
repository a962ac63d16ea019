import { expect } from 'vitest';
import { violationsIn } from '../../accessibility.ts';
import type { OpenEditor } from '../open-editor.ts';
import { inEveryTheme } from '../themes.ts';

/** The style report that is on screen has no violation of axe's rules, whichever theme the editor has. */
export async function checkReportInThemes(editor: OpenEditor): Promise<void> {
  const found: Record<string, string[]> = {};
  await inEveryTheme(editor, async (theme) => {
    // The page gets the theme's colours a moment after the editor.
    const kind = theme.includes('contrast') ? 'vscode-high-contrast' : `vscode-${theme}`;
    await editor.workbench.webview().locator(`body.${kind}`).waitFor();
    const violations = await violationsOnScreen(editor);
    if (violations.length > 0) found[theme] = violations;
  });
  expect(found).toEqual({});
}

/** The view draws the report anew when what it tells has changed, which takes the page away from under the rules: once more then. */
async function violationsOnScreen(editor: OpenEditor, attemptsLeft = 2): Promise<string[]> {
  try {
    return await violationsIn(await editor.workbench.webviewDocument());
  } catch (cause) {
    if (attemptsLeft === 0 || !String(cause).includes('detached')) throw cause;
    return violationsOnScreen(editor, attemptsLeft - 1);
  }
}
