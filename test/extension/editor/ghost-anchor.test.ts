import { expect, test } from 'vitest';
import { anchorForGhostText } from '../../../extension/editor/ghost-anchor.ts';

/** `|` marks the place in the source; the file after the insertion must be the same before and after moving it. */
function check(marked: string, text: string, expected: string): void {
  const offset = marked.indexOf('|');
  const source = marked.replace('|', '');
  const moved = anchorForGhostText(source, { offset, text });
  expect(`${source.slice(0, moved.offset)}|${source.slice(moved.offset)}`).toBe(expected);
  expect(insert(source, moved)).toBe(insert(source, { offset, text }));
}

function insert(source: string, { offset, text }: { offset: number; text: string }): string {
  return source.slice(0, offset) + text + source.slice(offset);
}

const body = '    @Test\n    void adds() {}';

test('after the last test, to the line of the closing brace', () => {
  check('class T {\n    void a() {}|\n}\n', `\n\n${body}`, 'class T {\n    void a() {}\n|}\n');
});

test('over blank lines that the text repeats', () => {
  check('class T {\n    void a() {}|\n\n}\n', `\n\n${body}`, 'class T {\n    void a() {}\n\n|}\n');
});

test('to the brace of a nested class, before its indentation', () => {
  check(
    'class T {\n  class N {\n    void a() {}|\n  }\n}\n',
    `\n\n${body}`,
    'class T {\n  class N {\n    void a() {}\n|  }\n}\n',
  );
});

test('stays where it is at the start of the line', () => {
  check('class T {\n|}\n', `${body}\n`, 'class T {\n|}\n');
});

test('stays when the text does not begin with what it would be moved over', () => {
  check('class T {|\n}\n', ` /* here */`, 'class T {|\n}\n');
});

test('stays between code on one line', () => {
  check('class T {|}\n', `\n${body}\n`, 'class T {|}\n');
});

test('Windows line ends', () => {
  check('class T {\r\n    void a() {}|\r\n}\r\n', `\r\n\r\n    void b() {}`, 'class T {\r\n    void a() {}\r\n|}\r\n');
});
