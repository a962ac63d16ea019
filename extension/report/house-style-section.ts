import type { StyleHabit, StyleTrait, StyleTraitName } from '../../core/style/house-style.ts';
import { styleFileName } from '../../core/style/style-file.ts';
import { type Html, html } from './html.ts';
import { link, type ReportTarget } from './link.ts';
import { percent, plural } from './numbers.ts';
import type { StyleReportModel } from './style-report-model.ts';

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

/** How the team writes tests, each habit with its share and tests that show it, beside what the team's own file wants. */
export function houseStyleSection(
  { houseStyle: style, teamRules }: Pick<StyleReportModel, 'houseStyle' | 'teamRules'>,
  target: ReportTarget,
): Html {
  const heading = html`<h2 id="house-style">House style</h2>`;
  if (style === null) {
    return html`<section aria-labelledby="house-style">${heading}
      <p class="empty">No tests were found here yet, so there is no style to read.</p></section>`;
  }
  const shown = style.traits.filter(({ name, habits }) => habits.length > 0 || teamRules?.[name] !== undefined);
  return html`<section aria-labelledby="house-style">${heading}
    <p class="explain">Read off ${plural(style.tests, 'test')} in ${plural(style.testClasses, 'test class', 'test classes')}.
      ${teamRules === null ? 'Save House Style makes it a file that your team can edit.' : html`New tests are scored against <code>${styleFileName}</code>.`}</p>
    <div class="traits">${shown.map((trait) => card(trait, teamRules?.[trait.name] ?? null, target))}</div>
  </section>`;
}

/** `welcome`: what the team's file wants of this trait, or `null` when it says nothing about it. */
function card({ name, unit, habits }: StyleTrait, welcome: readonly string[] | null, target: ReportTarget): Html {
  const missing = (welcome ?? []).filter((wanted) => habits.every((habit) => habit.name !== wanted));
  return html`<article class="trait"><h3>${titles[name]} <small>by ${unit === 'test' ? 'test' : 'test class'}</small></h3>
    <ul>${habits.map((habit) => line(habit, welcome === null || welcome.includes(habit.name), target))}
    ${missing.map((habit) => html`<li><span class="habit"><span>${codeIn(habit)}</span><span class="share">wanted, not seen</span></span></li>`)}</ul></article>`;
}

function line({ name, count, share, evidence }: StyleHabit, isWelcome: boolean, target: ReportTarget): Html {
  const shown = evidence.slice(0, 3).map(({ file, testClass, testMethod }) => {
    const text = testMethod === null ? testClass : `${testClass}.${testMethod}`;
    return html`<li>${link(target, { kind: 'open', file, member: testMethod }, text)}</li>`;
  });
  return html`<li><span class="habit"><span>${codeIn(name)}</span><span class="share">${!isWelcome && 'not wanted, '}${percent(share)}</span></span>
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
