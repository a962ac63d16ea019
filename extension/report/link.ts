import { type Html, html } from './html.ts';

/** Where a report is read: in the editor, where its links open files, or as a file of its own, where they are plain text. */
export type ReportTarget = 'webview' | 'file';

export interface ReportLink {
  /** What the editor does: show the place, or generate a test there. */
  readonly kind: 'open' | 'generate';
  /** Relative to the workspace. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** Name of a method to look for when the line is not known. */
  readonly member?: string | null;
}

/** A button that the report's script turns into a message `{kind, file, line, member}` to the editor. */
export function link(
  target: ReportTarget,
  { kind, file, line, member }: ReportLink,
  text: Html | string,
  label?: string,
): Html {
  if (target === 'file') return kind === 'generate' ? html`` : html`<span title="${file}">${text}</span>`;
  const accessible = label === undefined ? html`` : html` aria-label="${label}"`;
  return html`<button type="button" class="${kind === 'open' ? 'link' : 'action'}" data-kind="${kind}" data-file="${file}" data-line="${line ?? ''}" data-member="${member ?? ''}" title="${file}"${accessible}>${text}</button>`;
}

/** Turns clicks on links into messages. Runs in the webview only, under the page's nonce. */
export const linkScript = `
const editor = acquireVsCodeApi();
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-kind]') : null;
  if (button === null) return;
  const { kind, file, line, member } = button.dataset;
  editor.postMessage({ kind, file, line: line === '' ? undefined : Number(line), member: member === '' ? undefined : member });
});
`;
