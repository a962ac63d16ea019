import { renderChart } from './chart.ts';
import { type Html, html } from './html.ts';
import type { ReportTraining } from './style-report-model.ts';
import { blockChangeChart, computeChart, lossChart } from './training-charts.ts';

/** Loss over epochs and against compute, and how far each block moved. */
export function trainingSection(training: ReportTraining | null): Html {
  const heading = html`<h2 id="training">Training</h2>`;
  if (training === null || training.validation.length === 0) {
    return html`<section aria-labelledby="training">${heading}<p class="empty">No training yet.</p></section>`;
  }
  const { validation, steps, blockChanges } = training;
  return html`<section aria-labelledby="training">${heading}
    <div class="charts">
      <figure><figcaption>Loss over epochs: <span class="key personalized">validation</span>${steps.length > 0 && html`, <span class="key base">training steps</span>`}</figcaption>
        ${renderChart(lossChart(training))}</figure>
      <figure><figcaption>Validation loss against compute</figcaption>${renderChart(computeChart(training))}</figure>
    </div>
    <details><summary>The curves in figures</summary>
      <table><thead><tr><th scope="col">step</th><th scope="col">epoch</th><th scope="col">validation loss</th><th scope="col">petaFLOP-seconds</th></tr></thead>
      <tbody>${validation.map(
        ({ step, epoch, validationLoss, petaflopSeconds }) =>
          html`<tr><td>${step}</td><td>${epoch.toFixed(2)}</td><td>${validationLoss.toFixed(4)}</td><td>${petaflopSeconds.toPrecision(3)}</td></tr>`,
      )}</tbody></table></details>
    ${
      blockChanges.length > 0 &&
      html`<figure><figcaption>How far each block moved, from the bottom up: mean absolute change of its parameters</figcaption>
        ${renderChart(blockChangeChart(training))}</figure>
      <details><summary>The blocks in figures</summary>
        <table><thead><tr><th scope="col">block</th><th scope="col">mean absolute change</th></tr></thead>
        <tbody>${blockChanges.map(({ block, meanAbsoluteChange }) => html`<tr><th scope="row">${block}</th><td>${meanAbsoluteChange.toExponential(2)}</td></tr>`)}</tbody></table></details>`
    }
  </section>`;
}
