import { describe, expect, it } from 'vitest';
import { editPlacement, type TextEdit } from '../../../extension/placement/edit-placement.ts';
import { applyInsertions, type Placement } from '../../../extension/placement/placement.ts';

const before = 'import a;\nimport z;\nclass T {\n}\n';
const insertions = {
  test: { offset: before.indexOf('}'), text: '  void t() { go(); }\n' },
  imports: [{ offset: before.indexOf('import z'), text: 'import m;\n' }],
};
const placement: Placement = {
  file: 'T.java',
  isNewFile: false,
  module: '',
  binaryClassName: 'T',
  method: 't',
  libraries: { framework: 'junit5', assertions: 'framework', mocks: null },
  ...insertions,
  text: applyInsertions(before, [...insertions.imports, insertions.test]),
};

/** Replaces `what` in the placed text by `text`. */
function edit(what: string, text: string): TextEdit {
  const start = placement.text.indexOf(what);
  return { start, end: start + what.length, text };
}

function check(edits: readonly TextEdit[], expected: string | null): void {
  const edited = editPlacement(placement, edits);
  expect(edited?.text ?? null).toBe(expected);
  // What the editor inserts into the unchanged file gives the same text.
  if (edited !== null) expect(applyInsertions(before, [...edited.imports, edited.test])).toBe(expected);
}

describe('editing a placement', () => {
  const { text } = placement;
  const line = (what: string) => text.indexOf(what);
  const put = (start: number, inserted: string): TextEdit => ({ start, end: start, text: inserted });

  it('changes the test', () => check([edit('go()', 'stop(1)')], text.replace('go()', 'stop(1)')));
  it('changes an import that came with it', () => check([edit('import m', 'import n')], text.replace(' m;', ' n;')));
  it('adds an import before, beside and behind its own', () =>
    check(
      [
        put(line('import a'), 'import A;\n'),
        put(line('import z'), 'import n;\n'),
        put(line('\nclass'), '\nimport zz;'),
      ],
      text.replace('import a', 'import A;\nimport a').replace('import z;', 'import n;\nimport z;\nimport zz;'),
    ));
  it('makes several edits at once', () =>
    check(
      [edit('t()', 't() throws X'), edit('go()', 'stop()'), put(line('import a'), 'import X;\n')],
      `import X;\n${text.replace('t()', 't() throws X').replace('go()', 'stop()')}`,
    ));
  it('refuses to change the file itself', () => {
    check([edit('import a', 'import b')], null);
    check([edit('class T', 'class U')], null);
    check([put(text.length - 1, 'x')], null);
  });
  it('refuses a placement whose parts do not add up', () =>
    expect(editPlacement({ ...placement, text: `${text.slice(0, 5)}x${text}` }, [put(0, 'x')])).toBeNull());
});
