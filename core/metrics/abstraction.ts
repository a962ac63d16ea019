import { type JavaParser, type JavaTree, withJavaTree } from '../java/java-parser.ts';
import { isIdentifier } from '../java/keywords.ts';
import { idioms } from './idioms.ts';
import { javaLexemes } from './java-tokens.ts';

/**
 * The tokens of a method with its names and literals abstracted, by the definition of src2abs (github.com/micheletufano/src2abs, single
 * mode, granularity method; Tufano et al., "On learning meaningful code changes via neural machine translation", ICSE 2019): a type
 * becomes TYPE_i, a called, referred to or declared method METHOD_i, any other name VAR_i, a literal STRING_i, CHAR_i, INT_i or FLOAT_i.
 * Each kind counts from 1 in the order of first appearance, and what appears again keeps its number. Keywords (`true`, `null` and `var`
 * among them), operators and idioms stay; comments and annotations are left out. A dotted name is one name, as far as it is no call:
 * `a.b.c` is VAR_1, `a.b.c()` is VAR_1 . METHOD_1. What stands before a dot and a keyword becomes, dot and all, a variable of its own:
 * `Foo.class` is VAR_1 class.
 *
 * It differs where src2abs takes text patterns for Java: annotations are left out to their end, and not to the end of the line, and a
 * string may hold `//`; `jar` in `jar::fill` stays a variable, and `var` a keyword. Text that does not parse is abstracted as far as the
 * parser makes sense of it. Of 700 tests of four libraries, src2abs itself, with our idioms, reads 686; for 672 of them it gives the same.
 */
export function abstractTokens(parser: JavaParser, method: string): string[] {
  return withJavaTree(parser, `${before}${method}\n}`, (tree) => {
    const { types, methods, annotations } = readRoles(tree);
    const spans = annotations.map(([start, end]) => [start - before.length, end - before.length] as const);
    return new Abstraction(types, methods).of(javaLexemes(without(method, spans)));
  });
}

const before = 'class C {\n';

interface Roles {
  /** As written, dots included. */
  readonly types: ReadonlySet<string>;
  /** Simple names. */
  readonly methods: ReadonlySet<string>;
  /** Spans [start, end) in source order. */
  readonly annotations: readonly (readonly [number, number])[];
}

/** What the names of a tree stand for, annotations aside. */
function readRoles(tree: JavaTree): Roles {
  const types = new Set<string>();
  const methods = new Set<string>();
  const annotations: [number, number][] = [];
  const pending = [tree.root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    switch (node.type) {
      case 'annotation':
      case 'marker_annotation':
        annotations.push([node.startIndex, node.endIndex]);
        continue;
      case 'type_identifier':
      case 'scoped_type_identifier':
        types.add(withoutSpace(node.text));
        break;
      case 'method_declaration':
        methods.add(node.childForFieldName('name')?.text ?? '');
        break;
      case 'method_invocation': {
        methods.add(node.childForFieldName('name')?.text ?? '');
        const scope = withoutSpace(node.childForFieldName('object')?.text ?? '');
        if (isTypeName(scope)) types.add(scope);
        break;
      }
      case 'method_reference': {
        const scope = withoutSpace(node.namedChildren[0]?.text ?? '');
        if (isTypeName(scope)) types.add(scope);
        methods.add(node.namedChildren.at(-1)?.text ?? '');
        break;
      }
    }
    pending.push(...node.namedChildren.toReversed());
  }
  return { types, methods, annotations };
}

/** Only its capital tells a class from a variable that a method is called on. */
function isTypeName(dotted: string): boolean {
  return /^(?:[\p{L}_$][\p{L}\p{Nd}_$]*\.)*\p{Lu}[\p{L}\p{Nd}_$]*$/u.test(dotted);
}

class Abstraction {
  readonly #types: ReadonlySet<string>;
  readonly #methods: ReadonlySet<string>;
  /** Per kind the number of each text. */
  readonly #numbers = new Map<string, Map<string, number>>();

  constructor(types: ReadonlySet<string>, methods: ReadonlySet<string>) {
    this.#types = types;
    this.#methods = methods;
  }

  of(tokens: readonly string[]): string[] {
    const abstracted: string[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at] ?? '';
      if (!isIdentifier(token)) {
        abstracted.push(this.#otherToken(token));
        continue;
      }
      const parts = [token];
      const isReferredTo = tokens[at - 1] === '::';
      while (tokens[at + 1] === '.' && isIdentifier(tokens[at + 2] ?? '')) {
        parts.push(tokens[at + 2] ?? '');
        at += 2;
      }
      if (tokens[at + 1] === '.') {
        abstracted.push(this.#placeholder('VAR', `${parts.join('.')}.`));
        at++;
        continue;
      }
      abstracted.push(...this.#name(parts, isReferredTo || tokens[at + 1] === '('));
    }
    return abstracted;
  }

  #name(parts: readonly string[], mayBeMethod: boolean): string[] {
    const name = parts.join('.');
    const last = parts.at(-1) ?? '';
    const scope = parts.slice(0, -1).join('.');
    const inScope = (member: string) => (scope === '' ? [member] : [this.#scope(scope), '.', member]);
    if (idioms.has(last)) return inScope(last);
    if (this.#types.has(name)) return [this.#placeholder('TYPE', name)];
    if (!(mayBeMethod && this.#methods.has(last))) return [this.#placeholder('VAR', name)];
    return inScope(this.#placeholder('METHOD', last));
  }

  #scope(scope: string): string {
    if (idioms.has(scope)) return scope;
    return this.#placeholder(this.#types.has(scope) ? 'TYPE' : 'VAR', scope);
  }

  #otherToken(token: string): string {
    if (idioms.has(token)) return token;
    if (token.startsWith('"')) return this.#placeholder('STRING', token);
    if (token.startsWith("'")) return this.#placeholder('CHAR', token);
    if (!/^\.?\d/u.test(token)) return token;
    const isFloat = /^0[xX]/u.test(token) ? /[.pP]/u.test(token) : /[.eEfFdD]/u.test(token);
    return this.#placeholder(isFloat ? 'FLOAT' : 'INT', token);
  }

  #placeholder(kind: 'TYPE' | 'METHOD' | 'VAR' | 'STRING' | 'CHAR' | 'INT' | 'FLOAT', text: string): string {
    const numbers = this.#numbers.get(kind) ?? new Map<string, number>();
    this.#numbers.set(kind, numbers);
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    return `${kind}_${number}`;
  }
}

function without(source: string, spans: Roles['annotations']): string {
  let kept = '';
  let from = 0;
  for (const [start, end] of spans) {
    kept += `${source.slice(from, start)} `;
    from = end;
  }
  return kept + source.slice(from);
}

const withoutSpace = (text: string) => text.replace(/\s+/gu, '');
