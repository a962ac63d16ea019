import { randomBytes } from 'node:crypto';
import { html, trusted } from './html.ts';
import { reportPageStyle } from './report-page-style.ts';

/** The page that stands in the report's place while there is none; `text` says why and what to do. */
export function renderMessagePage(text: string): string {
  const nonce = randomBytes(16).toString('hex');
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>Style report</title><style nonce="${nonce}">${trusted(reportPageStyle)}</style></head>
<body><main><h1>Bespoke style report</h1><p class="empty">${text}</p></main></body></html>
`.text;
}
