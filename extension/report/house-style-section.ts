import type { HouseStyle, StyleHabit, StyleTrait, StyleTraitName } from '../../core/style/house-style.ts';
import { type Html, html } from './html.ts';
import { link, type ReportTarget } from './link.ts';
import { percent, plural } from './numbers.ts';

const titles: Readonly<Record<StyleTraitName, string>> = {
  framework: 'Test framework',
  assertions: 'Assertions',
  mocks: 'Mocks',
  naming: 'Names',
  structure: 'Structure',
  'assertions-per-test': 'Assertions per test',
  fixtures: 'Fixtures',
  'base-class': 'Base class',
  length: 'Length',
};

/** How the team writes tests, each habit with its share and tests that show it. */
export function houseStyleSection(style: HouseStyle | null, target: ReportTarget): Html {
  const heading = html`<h2 id="house-style">House style</h2>`;
  if (style === null) {
    return html`<section aria-labelledby="house-style">${heading}
      <p class="empty">No tests were found here yet, so there is no style to read.</p></section>`;
  }
  return html`<section aria-labelledby="house-style">${heading}
    <p class="explain">Read off ${plural(style.tests, 'test')} in ${plural(style.testClasses, 'test class', 'test classes')}.</p>
    <div class="traits">${style.traits.filter(({ habits }) => habits.length > 0).map((trait) => card(trait, target))}</div>
  </section>`;
}

function card({ name, unit, habits }: StyleTrait, target: ReportTarget): Html {
  return html`<article class="trait"><h3>${titles[name]} <small>by ${unit === 'test' ? 'test' : 'test class'}</small></h3>
    <ul>${habits.map((habit) => line(habit, target))}</ul></article>`;
}

function line({ name, count, share, evidence }: StyleHabit, target: ReportTarget): Html {
  const shown = evidence.slice(0, 3).map(({ file, testClass, testMethod }) => {
    const text = testMethod === null ? testClass : `${testClass}.${testMethod}`;
    return html`<li>${link(target, { kind: 'open', file, member: testMethod }, text)}</li>`;
  });
  return html`<li><span class="habit"><span>${codeIn(name)}</span><span class="share">${percent(share)}</span></span>
    ${bar(share)}
    <details><summary>${plural(count, 'time')}, for instance</summary><ul class="evidence">${shown}</ul></details></li>`;
}

/** A share as a bar; the figure beside it says the same. */
export function bar(share: number): Html {
  const width = Math.max(0, Math.min(100, 100 * share)).toFixed(1);
  return html`<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="3"/><rect class="fill" width="${width}" height="3"/></svg>`;
}

/** Backticks mark code, as in Markdown. */
function codeIn(text: string): Html {
  return html`${text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
