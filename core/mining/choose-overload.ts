import type { JavaParameter, MethodDeclaration } from '../java/compilation-unit.ts';
import { accepts } from './resolve-calls.ts';
import { erasure } from './resolve-types.ts';

export interface OverloadChoice {
  readonly method: MethodDeclaration;
  /** The arguments decided between overloads. */
  readonly isByArguments: boolean;
}

/**
 * Chooses among overloads by the number of arguments, then by the types known of them, as javac would with that knowledge: exact types
 * before widened ones, fixed before variable arity. What stays tied goes to the first declared. `argumentTypes` is undefined for a
 * method reference, whose arguments are not written.
 */
export function chooseOverload(
  methods: readonly MethodDeclaration[],
  argumentTypes: readonly string[] | undefined,
): OverloadChoice | undefined {
  const [first] = methods;
  if (first === undefined || methods.length === 1 || argumentTypes === undefined) {
    return first && { method: first, isByArguments: false };
  }
  const fitting = methods.filter((method) => accepts(method, argumentTypes.length));
  let best: MethodDeclaration | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const method of fitting) {
    const score = scoreOf(method, argumentTypes);
    if (score > bestScore) {
      best = method;
      bestScore = score;
    }
  }
  return best === undefined ? { method: first, isByArguments: false } : { method: best, isByArguments: true };
}

function scoreOf(method: MethodDeclaration, argumentTypes: readonly string[]): number {
  const fixedArity = method.parameters.at(-1)?.isVariableArity === true ? -0.5 : 0;
  return argumentTypes.reduce((score, argument, position) => {
    const parameter = method.parameters[Math.min(position, method.parameters.length - 1)];
    return score + (parameter === undefined ? 0 : affinity(argument, parameter, method.typeParameters));
  }, fixedArity);
}

const WIDENING = ['byte', 'short', 'int', 'long', 'float', 'double'];
const PRIMITIVES = new Set([...WIDENING, 'char', 'boolean']);
const BOXES: Readonly<Record<string, string>> = {
  int: 'Integer',
  long: 'Long',
  double: 'Double',
  float: 'Float',
  boolean: 'Boolean',
  char: 'Character',
  byte: 'Byte',
  short: 'Short',
};

/** How well an argument fits a parameter: 3 the same type, 2 widened, 1 boxed or to a very general type, 0 unknown, -4 hardly possible. */
function affinity(argument: string, parameter: JavaParameter, typeParameters: readonly string[]): number {
  const given = simpleName(argument);
  const wanted = simpleName(parameter.type);
  if (given === '?' || given === '') {
    return 0;
  }
  if (given === wanted) {
    return 3;
  }
  if (parameter.isVariableArity && given === `${wanted}[]`) {
    return 3;
  }
  if (WIDENING.includes(given) && WIDENING.includes(wanted)) {
    return WIDENING.indexOf(given) < WIDENING.indexOf(wanted) ? 2 - 0.1 * WIDENING.indexOf(wanted) : -4;
  }
  if (BOXES[given] === wanted || BOXES[wanted] === given) {
    return 1;
  }
  if (given === 'char' && WIDENING.indexOf(wanted) >= 2) {
    return 1.5;
  }
  if (
    typeParameters.includes(wanted) ||
    ['Object', 'Number', 'Comparable', 'Serializable', 'T', 'E', 'K', 'V'].includes(wanted)
  ) {
    return 0.5;
  }
  if (PRIMITIVES.has(given) || PRIMITIVES.has(wanted)) {
    return -4;
  }
  if (given === 'String') {
    return wanted === 'CharSequence' ? 2 : -4;
  }
  if (wanted === 'String') {
    return -4;
  }
  if (given.endsWith(wanted) || (wanted === 'Collection' && /(?:List|Set|Queue|Deque)$/.test(given))) {
    // By Java's custom a subtype's name ends with its supertype's: HashSet is a Set.
    return 2;
  }
  // Two different class types: one may extend the other, which the names do not tell.
  return given.endsWith('[]') === wanted.endsWith('[]') ? 0 : -4;
}

function simpleName(type: string): string {
  const name = erasure(type);
  return name.slice(name.lastIndexOf('.') + 1);
}
