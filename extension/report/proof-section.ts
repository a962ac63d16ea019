import { type Html, html } from './html.ts';
import { figure, interval, percent, plural } from './numbers.ts';
import type { ReportProof, ReportScores } from './style-report-model.ts';

const titles = {
  'by-pair': 'Pairs held out at random',
  'by-focal-class': 'Whole classes held out',
} as const;

const explanations = {
  'by-pair': 'Other tests of the same class may have been trained on, as in the paper’s protocol.',
  'by-focal-class': 'No test of these classes was trained on: what a class without tests gets.',
} as const;

/** Base against personalized on pairs that training never saw. */
export function proofSection(proofs: readonly ReportProof[]): Html {
  const heading = html`<h2 id="proof">Proof</h2>`;
  if (proofs.length === 0) {
    return html`<section aria-labelledby="proof">${heading}
      <p class="empty">Not measured yet: a personalization measures both models on pairs that it holds out.</p></section>`;
  }
  return html`<section aria-labelledby="proof">${heading}
    <p class="explain">Both models got the same input, the nearest tests of this repository included. Brackets are 95 % bootstrap intervals.</p>
    <div class="proofs">${proofs.map(card)}</div></section>`;
}

interface Row {
  readonly name: string;
  readonly what: string;
  readonly show: (scores: ReportScores) => string;
  /** Above 0 when personalized is better; `null` when one of them was not measured. */
  readonly gain: (proof: ReportProof) => number | null;
}

const rates = [
  ['parses', 'parseRate', 'share of tests that are valid Java'],
  ['compiles', 'compileRate', 'in its module'],
  ['passes', 'passRate', 'when it is run'],
  ['useful', 'usefulRate', 'passes, calls the method, can fail, and is no copy'],
] as const;

const rows: readonly Row[] = [
  {
    name: 'BLEU-4',
    what: 'likeness to the team’s test, 0 to 100',
    show: ({ bleu4 }) => figure(bleu4, 1),
    gain: gainOf('bleu4', 1),
  },
  {
    name: 'perplexity',
    what: 'per token of the team’s test; lower is better',
    show: (scores) => figure(scores.perplexity, 3),
    gain: gainOf('perplexity', -1),
  },
  ...rates.map(
    ([name, key, what]): Row => ({ name, what, show: (scores) => percent(scores[key]), gain: gainOf(key, 1) }),
  ),
];

function gainOf(key: keyof ReportScores, sign: 1 | -1): (proof: ReportProof) => number | null {
  return ({ base, personalized }) => {
    const [before, after] = [base[key], personalized[key]];
    return before === null || after === null ? null : sign * (after - before);
  };
}

function card(proof: ReportProof): Html {
  const { split, heldOutPairs, base, personalized, nearestCopy, nearestRename, bleu4Gain, lossDrop } = proof;
  return html`<article><h3>${titles[split]} <small>${plural(heldOutPairs, 'pair')}</small></h3>
    <p class="explain">${explanations[split]}</p>
    <table class="scores"><thead><tr><td></td><th scope="col">base</th><th scope="col">personalized</th></tr></thead>
    <tbody>${rows.map(
      ({ name, what, show, gain }) =>
        html`<tr><th scope="row">${name} <small>${what}</small></th><td>${show(base)}</td>
          <td class="${betterClass(gain(proof))}">${show(personalized)}${mark(gain(proof))}</td></tr>`,
    )}</tbody></table>
    <dl class="gains"><div><dt>BLEU-4 gained</dt><dd>${interval(bleu4Gain, 1)}</dd></div>
      <div><dt>loss dropped, nats per token</dt><dd>${interval(lossDrop, 3)}</dd></div>
      ${nearestCopy !== null && html`<div><dt>BLEU-4 of copying the nearest test</dt><dd>${figure(nearestCopy.bleu4, 1)}</dd></div>`}
      ${nearestRename !== null && html`<div><dt>useful when copied and renamed</dt><dd>${percent(nearestRename.usefulRate)}</dd></div>`}</dl>
  </article>`;
}

function betterClass(gain: number | null): string {
  if (gain === null || gain === 0) return '';
  return gain > 0 ? 'better' : 'worse';
}

/** Better and worse are told by a sign as well as by colour. */
function mark(gain: number | null): Html {
  if (gain === null || gain === 0) return html``;
  return gain > 0 ? html` <span aria-label="better">✓</span>` : html` <span aria-label="worse">✗</span>`;
}
