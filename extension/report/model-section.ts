import { type Html, html } from './html.ts';
import { amount, percent } from './numbers.ts';
import type { ReportModelFacts } from './style-report-model.ts';

/** What the personalized model is. */
export function modelSection(model: ReportModelFacts | null): Html {
  const heading = html`<h2 id="model">The model</h2>`;
  if (model === null) {
    return html`<section aria-labelledby="model">${heading}<p class="empty">The base model writes: nothing was personalized yet.</p></section>`;
  }
  const facts: readonly (readonly [string, string])[] = [
    ['base', `${model.baseModel}, ${amount(model.baseParameters)} parameters`],
    ['strategy', model.strategy],
    [
      'trained',
      `${amount(model.trainedParameters)} parameters (${((100 * model.trainedParameters) / Math.max(1, model.baseParameters)).toPrecision(2)} % of the base)`,
    ],
    ['size', `${amount(model.adapterBytes)}B`],
    [
      'made',
      `${new Date(model.trainedMs).toISOString().slice(0, 16).replace('T', ' ')} UTC in ${duration(model.trainingSeconds)} of training`,
    ],
    ['commit', model.commit === null ? 'unknown' : model.commit.slice(0, 12)],
    ['drift since', model.drift === null ? 'unknown' : `${percent(model.drift)} of its pairs have changed`],
    ['in use', model.active ? 'yes' : 'no: the base model writes'],
  ];
  return html`<section aria-labelledby="model">${heading}
    <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  return rounded < 120 ? `${rounded} s` : `${Math.round(rounded / 60)} min`;
}
