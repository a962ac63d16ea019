import { bar } from './house-style-section.ts';
import { type Html, html } from './html.ts';
import { link, type ReportTarget } from './link.ts';
import { plural } from './numbers.ts';
import type { ReportMining } from './style-report-model.ts';

const untestedShown = 40;

/** What the model could learn from, what was left out and why, and which methods still have no test. */
export function miningSection(mining: ReportMining, target: ReportTarget): Html {
  const { pairs, testMethods, modules, leftOut, untested, untestedTotal } = mining;
  const shown = untested.slice(0, untestedShown);
  return html`<section aria-labelledby="mined"><h2 id="mined">What it learns from</h2>
    <p class="explain">${plural(pairs, 'pair')} of a method and its test, found in ${plural(testMethods, 'test method')}.</p>
    <div class="halves">
      ${shares(
        'Pairs by module',
        'module',
        modules.map(({ name, pairs: count }) => [name === '' || name === '.' ? 'the root' : name, count]),
      )}
      ${
        leftOut.length > 0 &&
        shares(
          'Left out, and why',
          'reason',
          leftOut.map(({ reason, testMethods: count }) => [reason, count]),
        )
      }
    </div>
    <h3>Methods without a test <small>${untestedTotal.toLocaleString('en')}</small></h3>
    ${
      shown.length === 0
        ? html`<p class="empty">${untestedTotal === 0 ? 'Every method that can be tested has a test.' : 'They are not listed here.'}</p>`
        : html`<ul class="untested">${shown.map(
            ({ focalClass, focalMethod, file, line }) =>
              html`<li>${link(target, { kind: 'open', file, line }, html`<code>${focalClass}.${focalMethod}</code>`)}
              ${link(target, { kind: 'generate', file, line }, 'Generate test', `Generate test for ${focalClass}.${focalMethod}`)}</li>`,
          )}</ul>${untestedTotal > shown.length && html`<p class="explain">and ${(untestedTotal - shown.length).toLocaleString('en')} more</p>`}`
    }
  </section>`;
}

function shares(caption: string, column: string, rows: readonly (readonly [string, number])[]): Html {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return html`<table class="shares"><caption>${caption}</caption>
    <thead class="hidden"><tr><th scope="col">${column}</th><th scope="col">count</th></tr></thead>
    <tbody>${rows.map(([name, count]) => html`<tr><th scope="row">${name}${bar(count / most)}</th><td>${count.toLocaleString('en')}</td></tr>`)}</tbody></table>`;
}
