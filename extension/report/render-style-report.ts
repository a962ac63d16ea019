import { randomBytes } from 'node:crypto';
import { headlineSection } from './headline-section.ts';
import { houseStyleSection } from './house-style-section.ts';
import { type Html, html, trusted } from './html.ts';
import { linkScript, type ReportTarget } from './link.ts';
import { miningSection } from './mining-section.ts';
import { modelSection } from './model-section.ts';
import { proofSection } from './proof-section.ts';
import { reportPageStyle } from './report-page-style.ts';
import { samplesSection } from './samples-section.ts';
import type { ReportRepository, StyleReportModel } from './style-report-model.ts';
import { trainingSection } from './training-section.ts';

export interface RenderOptions {
  /** `webview`: links send messages to the editor. `file`: a page of its own, without a script. */
  readonly target: ReportTarget;
  /** Nonce of the page's style and script; left out, a fresh one. */
  readonly nonce?: string;
}

/**
 * The style report as one HTML page that loads nothing: its content-security policy forbids all but its own style and, in the webview,
 * its own script.
 */
export function renderStyleReport(
  model: StyleReportModel,
  { target, nonce = randomBytes(16).toString('hex') }: RenderOptions,
): string {
  const script = target === 'webview' ? html`<script nonce="${nonce}">${trusted(linkScript)}</script>` : null;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'${target === 'webview' ? `; script-src 'nonce-${nonce}'` : ''}`;
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Style report: ${model.repository.name}</title><style nonce="${nonce}">${trusted(reportPageStyle)}</style></head>
<body>
<header><h1><b>${model.repository.name}</b> · Bespoke style report</h1>${meta(model.repository)}</header>
<main>
${headlineSection(model.similarity)}
${houseStyleSection(model, target)}
${proofSection(model.proof)}
${samplesSection(model.samples, target)}
${trainingSection(model.training)}
${miningSection(model.mining, target)}
${modelSection(model.model)}
</main>
<footer>Made by Bespoke. This page holds code of the repository and loads nothing from the network.</footer>
${script}
</body></html>
`.text;
}

function meta({ commit, createdMs }: ReportRepository): Html {
  const time = new Date(createdMs).toISOString();
  return html`<p class="meta"><time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>${commit !== null && html` · commit <code>${commit.slice(0, 12)}</code>`}</p>`;
}
