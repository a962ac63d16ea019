import type { JavaTree } from '../../java/java-parser.ts';
import type { Reading } from '../../java/read-compilation-unit.ts';
import { forEachChild } from '../../java/read-declaration-parts.ts';
import type { PublishedMethod } from '../file-facts.ts';

/**
 * Reads methods as methods2test's `scripts/TestParser.py` does: methods and constructors that stand directly in the body of top-level
 * classes (not of interfaces, enums, records or nested classes), a test being one whose modifiers contain the text `@Test`. The script
 * takes byte columns for character columns, so on a line with other than ASCII characters its names are shifted; this is kept.
 */
export function readPublishedMethods(tree: JavaTree): PublishedMethod[] {
  const methods: PublishedMethod[] = [];
  const lines = new ShiftedLines(tree.source);
  tree.walk((cursor) => {
    const reading = { source: tree.source, grammar: tree.grammar, cursor };
    forEachChild(cursor, (id) => {
      if (id === tree.grammar.node.class_declaration) {
        readClass(reading, lines, methods);
      }
    });
  });
  return methods;
}

function readClass(reading: Reading, lines: ShiftedLines, methods: PublishedMethod[]): void {
  const { cursor, grammar } = reading;
  const { node } = grammar;
  let className: string | undefined;
  forEachChild(cursor, (id) => {
    if (id === node.identifier) {
      className ??= lines.slice(cursor.startIndex, cursor.endIndex).trim();
    } else if (id === node.class_body) {
      forEachChild(cursor, (memberId) => {
        if (memberId === node.method_declaration || memberId === node.constructor_declaration) {
          methods.push(readMethod(reading, lines, className ?? '', memberId === node.method_declaration));
        }
      });
    }
  });
}

function readMethod(reading: Reading, lines: ShiftedLines, className: string, isMethod: boolean): PublishedMethod {
  const { cursor, grammar } = reading;
  const { node } = grammar;
  const methodStart = cursor.startIndex;
  let name = '';
  let isTest = false;
  const invocations = new Set<string>();
  forEachChild(cursor, (id) => {
    if (id === node.identifier) {
      name = stripParenthesis(lines.slice(cursor.startIndex, cursor.endIndex));
    } else if (id === node.modifiers) {
      isTest ||= lines.slice(cursor.startIndex, cursor.endIndex).includes('@Test');
    }
  });
  if (isMethod) {
    addInvocations(reading, lines, invocations);
  }
  return { className, name, methodStart, isTest, invocations: [...invocations] };
}

/** Adds the names of every method invocation below the cursor's node, outer ones first. Constructors' bodies are not looked at, as in the script. */
function addInvocations(reading: Reading, lines: ShiftedLines, names: Set<string>): void {
  const { cursor, grammar } = reading;
  let depth = 0;
  do {
    if (cursor.nodeTypeId === grammar.node.method_invocation) {
      const name = nameOf(reading, lines);
      if (name !== undefined) {
        names.add(name.toLowerCase());
      }
    }
    if (cursor.gotoFirstChild()) {
      depth++;
      continue;
    }
    while (depth > 0 && !cursor.gotoNextSibling()) {
      cursor.gotoParent();
      depth--;
    }
  } while (depth > 0);
}

/** What stands in the name field of the cursor's node. */
function nameOf({ cursor, grammar }: Reading, lines: ShiftedLines): string | undefined {
  let name: string | undefined;
  forEachChild(cursor, () => {
    if (cursor.currentFieldId === grammar.field.name) {
      name = lines.slice(cursor.startIndex, cursor.endIndex);
    }
  });
  return name;
}

function stripParenthesis(name: string): string {
  return name.replaceAll(/^\(+|\(+$/g, '');
}

/** Slices text the way the script does: line by line, with the number of UTF-8 bytes before a position used as a number of characters. */
class ShiftedLines {
  readonly #source: string;
  readonly #isAscii: boolean;

  constructor(source: string) {
    this.#source = source;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with control characters.
    this.#isAscii = /^[\x00-\x7f]*$/.test(source);
  }

  slice(start: number, end: number): string {
    if (this.#isAscii) {
      return this.#source.slice(start, end);
    }
    const lineStart = this.#source.lastIndexOf('\n', start - 1) + 1;
    const lastLineStart = this.#source.lastIndexOf('\n', end - 1) + 1;
    const from = this.#shifted(lineStart, start);
    const to = this.#shifted(lastLineStart, end);
    return from < to ? this.#source.slice(from, to) : '';
  }

  /** The index of the character whose column, in characters, is `index`'s column in bytes; at most the end of the line. */
  #shifted(lineStart: number, index: number): number {
    const newline = this.#source.indexOf('\n', lineStart);
    const lineEnd = newline < 0 ? this.#source.length : newline;
    let column = Buffer.byteLength(this.#source.slice(lineStart, index));
    let shifted = lineStart;
    while (column > 0 && shifted < lineEnd) {
      shifted += (this.#source.codePointAt(shifted) ?? 0) > 0xffff ? 2 : 1;
      column--;
    }
    return shifted;
  }
}
