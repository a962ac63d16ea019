/** A source without the content of its bodies and comments. */
export interface Skeleton {
  readonly text: string;
  /** The offset in the whole source of an offset in the skeleton's text. Offsets only grow. */
  readonly toSource: (offset: number) => number;
}

/**
 * The source without what stands in method bodies, initializers, array initializers and comments. What a file declares can be read from
 * it at a fraction of the cost, because most of a file is bodies and comments. Returns undefined when braces do not balance: then only a parser can tell what
 * is meant.
 */
export function withoutBodies(source: string): Skeleton | undefined {
  const bodies = new BodyScanner(source).bodies();
  if (bodies === undefined) {
    return undefined;
  }
  let text = '';
  let copied = 0;
  const cuts: Cut[] = [];
  for (const { start, end } of bodies) {
    text += source.slice(copied, start);
    cuts.push({ at: text.length, removedBefore: end - text.length });
    copied = end;
  }
  return { text: text + source.slice(copied), toSource: (offset) => offset + removedBefore(cuts, offset) };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** From `at` on, until the next cut, so many characters of the source are missing before an offset. */
interface Cut {
  readonly at: number;
  readonly removedBefore: number;
}

function removedBefore(cuts: readonly Cut[], offset: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle]?.at ?? 0) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return cuts[low - 1]?.removedBefore ?? 0;
}

const TYPE_HEADER = /\b(?:class|interface|enum)\s+[\p{L}_$]|\brecord\s+[\p{L}_$][\p{L}\p{N}_$]*\s*[<(]/u;
const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g;
const OPEN = 123;
const CLOSE = 125;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const SEMICOLON = 59;
const QUOTE = 34;
const APOSTROPHE = 39;
const SLASH = 47;
const STAR = 42;
const BACKSLASH = 92;
const LINE_FEED = 10;

function isTypeHeader(text: string): boolean {
  return TYPE_HEADER.test(text.replaceAll(COMMENT_OR_STRING, ' '));
}

class BodyScanner {
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** The spans between the braces of bodies and inside comments, in source order. */
  bodies(): Span[] | undefined {
    const source = this.#source;
    const bodies: Span[] = [];
    let typeDepth = 0;
    let parentheses = 0;
    let headerStart = 0;
    while (this.#position < source.length) {
      const start = this.#position;
      const code = source.charCodeAt(start);
      if (this.#skipCommentOrLiteral(code)) {
        if (code === SLASH) {
          const isBlock = source.charCodeAt(start + 1) === STAR;
          bodies.push({ start: start + 2, end: Math.max(start + 2, this.#position - (isBlock ? 2 : 1)) });
        }
        continue;
      }
      this.#position++;
      if (code === OPEN_PARENTHESIS) {
        parentheses++;
      } else if (code === CLOSE_PARENTHESIS) {
        parentheses--;
      } else if (parentheses > 0) {
        // Braces in annotations' arguments and in calls of initializers open no body of the type.
      } else if (code === OPEN) {
        if (isTypeHeader(source.slice(headerStart, start))) {
          typeDepth++;
        } else {
          const end = this.#skipBody();
          if (end === undefined) {
            return undefined;
          }
          bodies.push({ start: start + 1, end });
        }
        headerStart = this.#position;
      } else if (code === CLOSE) {
        typeDepth--;
        headerStart = this.#position;
      } else if (code === SEMICOLON) {
        headerStart = this.#position;
      }
    }
    return typeDepth === 0 && parentheses === 0 ? bodies : undefined;
  }

  /** Goes from behind an opening brace to behind its closing one and gives the closing one's place. */
  #skipBody(): number | undefined {
    const source = this.#source;
    let depth = 1;
    while (this.#position < source.length) {
      const code = source.charCodeAt(this.#position);
      if (this.#skipCommentOrLiteral(code)) {
        continue;
      }
      this.#position++;
      if (code === OPEN) {
        depth++;
      } else if (code === CLOSE && --depth === 0) {
        return this.#position - 1;
      }
    }
    return undefined;
  }

  #skipCommentOrLiteral(code: number): boolean {
    const source = this.#source;
    const start = this.#position;
    if (code === SLASH) {
      const next = source.charCodeAt(start + 1);
      if (next === SLASH) {
        this.#position = this.#after(source.indexOf('\n', start), 1);
        return true;
      }
      if (next === STAR) {
        this.#position = this.#after(source.indexOf('*/', start + 2), 2);
        return true;
      }
      return false;
    }
    if (code === QUOTE && source.startsWith('"""', start)) {
      this.#skipTextBlock();
      return true;
    }
    if (code === QUOTE || code === APOSTROPHE) {
      this.#skipQuoted(code);
      return true;
    }
    return false;
  }

  #skipQuoted(quote: number): void {
    const source = this.#source;
    for (this.#position++; this.#position < source.length; this.#position++) {
      const code = source.charCodeAt(this.#position);
      if (code === BACKSLASH) {
        this.#position++;
      } else if (code === quote || code === LINE_FEED) {
        this.#position++;
        return;
      }
    }
  }

  #skipTextBlock(): void {
    const source = this.#source;
    for (this.#position += 3; this.#position < source.length; this.#position++) {
      if (source.charCodeAt(this.#position) === BACKSLASH) {
        this.#position++;
      } else if (source.startsWith('"""', this.#position)) {
        this.#position += 3;
        return;
      }
    }
  }

  #after(index: number, length: number): number {
    return index < 0 ? this.#source.length : index + length;
  }
}
