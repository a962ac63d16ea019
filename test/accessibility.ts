import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** Each violation of axe's rules in a document: the rule, what it wants, and the elements that do not have it. */
export async function violationsIn(document: Page | Frame): Promise<string[]> {
  await document.evaluate(axe.source);
  const { violations, passes } = await document.evaluate<{
    violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
    passes: number;
  }>('axe.run(document).then(({ violations, passes }) => ({ violations, passes: passes.length }))');
  // A page that nothing was found on would have no violation either.
  if (passes < 5) throw new Error(`Only ${passes} rules of axe applied: this is no document with content.`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}
