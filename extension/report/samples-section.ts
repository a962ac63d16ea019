import { type Html, html } from './html.ts';
import { javaCode } from './java-code.ts';
import { link, type ReportTarget } from './link.ts';
import type { ReportSample, ReportSampleTest, ReportVerdict } from './style-report-model.ts';

const verdicts: Readonly<Record<ReportVerdict, string>> = {
  useful: '✓ passes and is useful',
  passes: '✓ passes, but proves little',
  compiles: '✗ compiles, does not pass',
  parses: '✗ does not compile',
  broken: '✗ not valid Java',
  'not-checked': 'not checked',
};

/** Held-out methods with the team's test and what both models wrote, side by side. */
export function samplesSection(samples: readonly ReportSample[], target: ReportTarget): Html {
  const heading = html`<h2 id="samples">Side by side</h2>`;
  if (samples.length === 0) {
    return html`<section aria-labelledby="samples">${heading}<p class="empty">No samples yet.</p></section>`;
  }
  return html`<section aria-labelledby="samples">${heading}
    <p class="explain">Methods whose tests neither model was trained on. Nobody picked them: they stand at even distances in the held-out list.</p>
    ${samples.map((sample) => article(sample, target))}</section>`;
}

function article(sample: ReportSample, target: ReportTarget): Html {
  const { focalClass, focalMethod, focalFile, focalSource, testFile, teamTest, base, personalized } = sample;
  const open = target === 'webview' && link(target, { kind: 'open', file: testFile }, 'open', `open ${testFile}`);
  const name = html`<code>${focalClass}.${focalMethod}</code>`;
  return html`<article class="sample"><h3>${link(target, { kind: 'open', file: focalFile, member: focalMethod }, name)}</h3>
    <details><summary>The method</summary>${javaCode(focalSource)}</details>
    <div class="columns">
      <div class="team"><h4>Your team ${open}</h4>${javaCode(teamTest)}</div>
      ${written('Base', 'by-base', base)}${written('Personalized', 'by-personalized', personalized)}
    </div></article>`;
}

function written(title: string, kind: string, { source, verdict, reason }: ReportSampleTest): Html {
  return html`<div class="${kind}"><h4>${title} <span class="verdict ${verdict}">${verdicts[verdict]}</span></h4>
    ${javaCode(source)}${reason !== '' && html`<p class="reason">${reason}</p>`}</div>`;
}
