/** Where a scan of Java text stands. A plain value, so that beams can share and copy it. */
export interface MethodScan {
  readonly inside: Inside;
  /** Whether the next character is escaped, or half of a sign that opens or closes a comment was read. */
  readonly half: boolean;
  /** Open braces. */
  readonly braces: number;
  /** Open parentheses outside all braces: an annotation's `({1, 2})` is no method body. */
  readonly parentheses: number;
  /** Quotes in a row within a text block. */
  readonly quotes: number;
  /** Whether the method's body was closed. */
  readonly complete: boolean;
}

/** `quote` and `empty string`: one or two quotes were read, and the next character tells what they open. */
type Inside =
  | 'code'
  | 'line comment'
  | 'block comment'
  | 'quote'
  | 'empty string'
  | 'string'
  | 'text block'
  | 'character';

export const methodScanStart: MethodScan = {
  inside: 'code',
  half: false,
  braces: 0,
  parentheses: 0,
  quotes: 0,
  complete: false,
};

/** A scan after more text, and how many characters of that text belong to the method (all, unless it completed there). */
export interface ScanResult {
  readonly scan: MethodScan;
  readonly used: number;
}

/** Reads on until the closing brace of the method's body. Braces in strings, comments and character literals do not count. */
export function scanMethod(scan: MethodScan, text: string): ScanResult {
  const state = { ...scan };
  for (let at = 0; at < text.length; at++) {
    read(state, text[at] as string);
    if (state.complete) return { scan: state, used: at + 1 };
  }
  return { scan: state, used: text.length };
}

type State = { -readonly [Key in keyof MethodScan]: MethodScan[Key] };

function read(state: State, char: string): void {
  const { half } = state;
  state.half = false;
  switch (state.inside) {
    case 'code':
      readCode(state, char, half);
      return;
    case 'line comment':
      if (char === '\n') state.inside = 'code';
      return;
    case 'block comment':
      if (half && char === '/') state.inside = 'code';
      else state.half = char === '*';
      return;
    case 'quote':
      state.inside = char === '"' ? 'empty string' : 'string';
      if (char !== '"') read(state, char);
      return;
    case 'empty string':
      state.inside = char === '"' ? 'text block' : 'code';
      state.quotes = 0;
      if (char !== '"') read(state, char);
      return;
    case 'string':
    case 'character':
      if (half) return;
      if (char === '\\') state.half = true;
      // A literal never spans lines: a stray quote must not swallow the rest of the method.
      else if (char === (state.inside === 'string' ? '"' : "'") || char === '\n') state.inside = 'code';
      return;
    case 'text block':
      if (half) return;
      state.half = char === '\\';
      state.quotes = char === '"' ? state.quotes + 1 : 0;
      if (state.quotes === 3) state.inside = 'code';
      return;
  }
}

function readCode(state: State, char: string, afterSlash: boolean): void {
  if (afterSlash && (char === '/' || char === '*')) {
    state.inside = char === '/' ? 'line comment' : 'block comment';
    return;
  }
  switch (char) {
    case '/':
      state.half = true;
      return;
    case '"':
      state.inside = 'quote';
      return;
    case "'":
      state.inside = 'character';
      return;
    case '(':
      if (state.braces === 0) state.parentheses += 1;
      return;
    case ')':
      if (state.braces === 0 && state.parentheses > 0) state.parentheses -= 1;
      return;
    case '{':
      state.braces += 1;
      return;
    case '}':
      if (state.braces === 0) return;
      state.braces -= 1;
      state.complete = state.braces === 0 && state.parentheses === 0;
  }
}
