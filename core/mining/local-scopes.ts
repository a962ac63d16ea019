import type { Operand } from './file-facts.ts';

/** The local variables of a body while it is read: names to what is known of their values, innermost scope last. */
export class LocalScopes {
  readonly #scopes: Map<string, Operand>[] = [new Map()];

  declare(name: string, value: Operand): void {
    this.#scopes.at(-1)?.set(name, value);
  }

  lookUp(name: string): Operand | undefined {
    for (let index = this.#scopes.length - 1; index >= 0; index--) {
      const value = this.#scopes[index]?.get(name);
      if (value !== undefined) {
        return value;
      }
    }
    return undefined;
  }

  within(read: () => Operand): Operand {
    this.#scopes.push(new Map());
    const value = read();
    this.#scopes.pop();
    return value;
  }

  /** After `variable = value`, the variable has the value's type where that says more than the declared one. */
  refine(name: string, declared: Operand, value: Operand): void {
    const scope = this.#scopes.findLast((candidate) => candidate.has(name));
    if (scope !== undefined && (declared === '?' || value.startsWith('='))) {
      scope.set(name, value);
    } else if (scope !== undefined) {
      scope.set(name, `${declared.split('@')[0] ?? '?'}@${value.slice(1)}`);
    }
  }
}

/** A variable's value: its initializer's type where that is more exact than the declared one, else the declared type. */
export function variableOf(type: string, value: Operand): Operand {
  if (type === 'var' || type === 'val') {
    return value;
  }
  if (value.startsWith('#')) {
    return `=${type}@${value.slice(1)}`;
  }
  const created = value.startsWith('=') && /^=[A-Z]/.test(value) && value !== '=String' && value !== '=Class';
  return created ? value : `=${type}`;
}
