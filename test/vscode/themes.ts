import type { OpenEditor } from './open-editor.ts';

const themes = {
  light: { name: 'Default Light Modern', className: 'vs' },
  dark: { name: 'Default Dark Modern', className: 'vs-dark' },
  'high contrast': { name: 'Default High Contrast', className: 'hc-black' },
  'light high contrast': { name: 'Default High Contrast Light', className: 'hc-light' },
} as const;

/** Does something under each of the editor's themes, and goes back to the system's. */
export async function inEveryTheme(
  { server, workbench }: OpenEditor,
  work: (theme: string) => Promise<void>,
): Promise<void> {
  try {
    for (const [theme, { name, className }] of Object.entries(themes)) {
      server.changeSettings({ 'window.autoDetectColorScheme': false, 'workbench.colorTheme': name });
      await workbench.page.locator(`.monaco-workbench.${className}`).waitFor();
      await work(theme);
    }
  } finally {
    server.changeSettings({ 'window.autoDetectColorScheme': true, 'workbench.colorTheme': themes.light.name });
  }
}
