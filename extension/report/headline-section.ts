import { renderChart } from './chart.ts';
import { type Html, html } from './html.ts';
import { figure, mean, plural, quantile } from './numbers.ts';
import { similarityChart } from './similarity-chart.ts';
import type { ReportSimilarity } from './style-report-model.ts';

/** "Your model writes like you", with the distribution behind the two figures. */
export function headlineSection(similarity: ReportSimilarity | null): Html {
  if (similarity === null || similarity.base.length === 0) {
    return html`<section aria-labelledby="headline">
      <h2 id="headline">Does the model write like you?</h2>
      <p class="empty">Nothing to compare yet. Run <em>Bespoke: Personalize to this Repo</em>: the base model and the personalized one then
      write tests for methods that training never saw, and this page shows how much each of them writes like your team.</p>
    </section>`;
  }
  const { base, personalized } = similarity;
  const [before, after] = [mean(base), mean(personalized)];
  const verdict =
    after > before + 0.005
      ? 'Your model writes like you'
      : 'Your model does not write more like you than the base does';
  return html`<section aria-labelledby="headline" class="headline">
    <h2 id="headline">${verdict}</h2>
    <p class="figures"><span class="before" aria-label="base ${figure(before, 2)}">${figure(before, 2)}</span>
      <span class="arrow" aria-hidden="true">→</span>
      <span class="after" aria-label="personalized ${figure(after, 2)}">${figure(after, 2)}</span></p>
    <p class="explain">Mean similarity of the names in a generated test to those in your team’s own test for the same method, over
      ${plural(base.length, 'held-out test')}: 0 shares no name, 1 uses the same names as often.</p>
    ${renderChart(similarityChart(similarity))}
    <details><summary>The distribution in figures</summary>
      <table><thead><tr><th scope="col">model</th><th scope="col">mean</th><th scope="col">lowest quarter below</th>
        <th scope="col">median</th><th scope="col">highest quarter above</th></tr></thead>
      <tbody>${row('base', base)}${row('personalized', personalized)}</tbody></table>
    </details>
  </section>`;
}

function row(name: string, values: readonly number[]): Html {
  const shares = [0.25, 0.5, 0.75].map((share) => html`<td>${figure(quantile(values, share), 2)}</td>`);
  return html`<tr><th scope="row">${name}</th><td>${figure(mean(values), 2)}</td>${shares}</tr>`;
}
