import { expect, test } from 'vitest';
import { closeMethod } from '../../../core/decoding/close-method.ts';

const check = (cut: string, expected: string, inCircles = false) => expect(closeMethod(cut, inCircles)).toBe(expected);

test('drops the statement that was begun', () =>
  check('void a() {\n    int x = 1;\n    assertEq', 'void a() {\n    int x = 1;\n}'));
test('closes every open block', () =>
  check('void a() {\n    if (x) {\n        b();\n        c(', 'void a() {\n    if (x) {\n        b();\n    }\n}'));
test("a loop's head is no statement", () =>
  check('void a() {\n    b();\n    for (int i = 0; i < 3; i', 'void a() {\n    b();\n}'));
test('nor is what stands in a lambda', () =>
  check('void a() {\n    b();\n    run(() -> {\n        c();\n', 'void a() {\n    b();\n}'));
test('semicolons in strings and comments are none', () =>
  check('void a() {\n    b();\n    c("d; e", /* f; */ g', 'void a() {\n    b();\n}'));
test('an empty string hides no parenthesis', () =>
  check('void a() {\n    b("");\n    c("").d("");\n    e(', 'void a() {\n    b("");\n    c("").d("");\n}'));
test('of statements that went in circles the first stays', () => {
  const cut = 'void a() {\n    b(x);\n    c(1);\n    c(2);\n    c(33);\n    c(';
  check(cut, 'void a() {\n    b(x);\n    c(1);\n}', true);
  check(cut, 'void a() {\n    b(x);\n    c(1);\n    c(2);\n    c(33);\n}');
});
test('and so does the first of equal groups of statements', () => {
  const group = (n: number) => `\n    c(${n});\n    assertEquals(d);\n`;
  const cut = (last: number) =>
    `void a() {\n    b();\n${group(1)}${group(last)}${group(last)}\n    c(${last});\n    asse`;
  check(cut(1), 'void a() {\n    b();\n\n    c(1);\n    assertEquals(d);\n}', true);
  check(cut(2), 'void a() {\n    b();\n\n    c(1);\n    assertEquals(d);\n\n    c(2);\n    assertEquals(d);\n}', true);
});
test('also of blocks, of which the last was begun', () => {
  const block = '    if (x) {\n        c();\n    }\n';
  check(`void a() {\n${block}${block}    if (x) {\n        c();\n`, `void a() {\n${block}}`, true);
});
test('blocks that end alike stay', () =>
  check(
    'void a() {\n    if (x) {\n        if (y) {\n        }\n    }\n    c(',
    'void a() {\n    if (x) {\n        if (y) {\n        }\n    }\n}',
    true,
  ));
test('without a whole statement nothing changes', () => {
  check('void a() {\n    assertEq', 'void a() {\n    assertEq');
  check('@Test', '@Test');
});
