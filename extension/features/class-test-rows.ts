import { describeCheck } from '../editor/describe-check.ts';
import { stateLook, usefulReason } from '../editor/suggestion.ts';
import type { MethodTestsState } from './class-tests.ts';
import { likenessText } from './likeness.ts';

/** What a row of the tree shows. `icon` is one of the editor's own. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
}

export function methodRow(name: string, state: MethodTestsState): Row {
  const { icon, words } = lookOf(state);
  return { label: name, description: words, tooltip: `${name}: ${words}`, icon };
}

/** The row under a method: its best test, or why there is none; `undefined` while there is nothing to say. */
export function bestTestRow(state: MethodTestsState): Row | undefined {
  switch (state.kind) {
    case 'waiting':
    case 'writing':
    case 'kept':
      return undefined;
    case 'none':
      return { label: 'no test', description: state.reason, tooltip: state.reason, icon: 'circle-slash' };
    case 'written': {
      const [best] = state.tests;
      const { placement, likeness } = best;
      const { reason } = describeCheck(best.check);
      const { icon, words } = lookOf(state);
      const said = reason === '' ? usefulReason : reason;
      return {
        label: placement.method,
        description: said,
        tooltip: `${placement.method}: ${words}. ${said} ${likenessText(likeness)}`.trim(),
        icon,
      };
    }
  }
}

function lookOf(state: MethodTestsState): { readonly icon: string; readonly words: string } {
  switch (state.kind) {
    case 'waiting':
      return { icon: 'clock', words: 'waiting' };
    case 'writing':
      return { icon: 'sync~spin', words: 'writing' };
    case 'kept':
      return { icon: 'check', words: 'kept' };
    case 'none':
      return { icon: 'circle-slash', words: 'no test' };
    case 'written':
      return stateLook[describeCheck(state.tests[0].check).state];
  }
}
