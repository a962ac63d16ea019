/** One error of javac, as `CompilerError.java` writes it. */
export interface CompilerError {
  /** In the whole test file; -1 when there is none. */
  readonly line: number;
  /** For instance `compiler.err.cant.resolve.location`. */
  readonly code: string;
  /** Span in the whole test file, in UTF-16 units; -1 when the error is elsewhere. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** What an unknown name can mean on the module's class path. */
  readonly meanings: readonly NameMeaning[];
}

export interface NameMeaning {
  readonly kind: 'type' | 'member';
  /** Qualified name, for a static member with its class. */
  readonly name: string;
}

/** Reads the detail of a `compile-error`: one error a line. */
export function parseCompilerErrors(detail: string): CompilerError[] {
  return detail.split('\n').map((text) => {
    const [line = '-1', code = '', start = '-1', end = '-1', meanings = '', ...message] = text.split('\t');
    return {
      line: Number(line),
      code,
      start: Number(start),
      end: Number(end),
      message: message.join('\t'),
      meanings: meanings === '' ? [] : meanings.split(',').map(parseMeaning),
    };
  });
}

function parseMeaning(text: string): NameMeaning {
  const [kind, name = ''] = text.split(' ');
  return { kind: kind === 'type' ? 'type' : 'member', name };
}
