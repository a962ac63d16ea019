import type { MethodDeclaration } from '../java/compilation-unit.ts';
import { chooseOverload } from './choose-overload.ts';
import type { UnpairedReason } from './mining-record.ts';
import { indexOfWords, testNameWords, wordsOf } from './names.ts';
import { accepts, type ResolvedCall } from './resolve-calls.ts';
import type { TypeResolver } from './resolve-types.ts';
import type { TypeReference } from './workspace-index.ts';

/** How a focal method was found. The figures rank the heuristics; they come from pairs judged by hand and are no probabilities. */
export const FOCAL_METHOD_CONFIDENCE = {
  'method-name': 1,
  'name-contains-call': 0.96,
  'unique-call': 0.92,
  constructor: 0.88,
  'asserted-call': 0.82,
  'act-before-accessor': 0.78,
} as const;

export type FocalMethodEvidence = keyof typeof FOCAL_METHOD_CONFIDENCE;

export type FocalMethodFinding =
  | {
      readonly focalMethod: MethodDeclaration;
      readonly evidence: FocalMethodEvidence;
      readonly isOverload: boolean;
      /** The call's receiver is declared as a supertype of the focal class. */
      readonly isThroughSupertype: boolean;
    }
  | { readonly reason: FocalMethodReason };

type FocalMethodReason = Extract<
  UnpairedReason,
  | 'no-focal-method'
  | 'only-set-up-calls'
  | 'focal-method-not-called'
  | 'ambiguous-focal-method'
  | 'focal-method-without-body'
>;

/** A call to a method or constructor that the focal class declares. */
interface FocalCall {
  readonly name: string;
  readonly methods: readonly MethodDeclaration[];
  readonly resolved: ResolvedCall;
  readonly isThroughSupertype: boolean;
}

interface Choice {
  readonly name: string;
  readonly evidence: FocalMethodEvidence;
}

/** Methods that a test calls to get hold of an object; they are focal only when the test's name says so. */
const FACTORY = /^(?:builder|newBuilder|toBuilder|getInstance|instance|getDefaultInstance)$/;

/**
 * Finds the focal method among the calls that go to methods the focal class itself declares. In this order: the test's name is a called
 * method's name; it contains one; only one method is called; only one is called in assertions; one act is followed by accessors.
 */
export function findFocalMethod(
  testMethod: string,
  calls: readonly ResolvedCall[],
  focalClass: TypeReference,
  types: TypeResolver,
): FocalMethodFinding {
  const words = testNameWords(testMethod);
  const allCalls = calls.flatMap((resolved) => focalCall(resolved, focalClass, types) ?? []);
  const methodCalls = allCalls.filter(
    (call) => !FACTORY.test(call.name) || indexOfWords(words, wordsOf(call.name)) >= 0,
  );
  const constructions = calls.flatMap((resolved) => construction(resolved, focalClass) ?? []);
  const alsoCallsInherited = callsInherited(calls, allCalls, focalClass);
  if (methodCalls.length === 0) {
    const reason = allCalls.length === 0 ? 'no-focal-method' : 'only-set-up-calls';
    return constructions.length === 0 || alsoCallsInherited ? { reason } : finding(constructions, 'constructor');
  }
  if (constructions.length > 0 && isAboutConstruction(words, methodCalls)) {
    return finding(constructions, 'constructor');
  }
  const choice = chooseName(words, methodCalls, alsoCallsInherited);
  if ('reason' in choice) {
    return choice;
  }
  if (!isNameEvidence(choice.evidence) && focalClass.type.methods.some((method) => isNamed(method.name, words))) {
    return { reason: 'focal-method-not-called' };
  }
  const chosen = methodCalls.filter((call) => call.name === choice.name);
  return finding(chosen, choice.evidence);
}

function isNameEvidence(evidence: FocalMethodEvidence): boolean {
  return evidence === 'method-name' || evidence === 'name-contains-call';
}

function isNamed(method: string, words: readonly string[]): boolean {
  const methodWords = wordsOf(method);
  return methodWords.length === words.length && indexOfWords(words, methodWords) === 0;
}

function focalCall(resolved: ResolvedCall, focalClass: TypeReference, types: TypeResolver): FocalCall | undefined {
  const { call, found } = resolved;
  if (found === undefined || call.role === 'stub') {
    return undefined;
  }
  const isOwn = found.owner.qualifiedName === focalClass.qualifiedName;
  // Another module may repeat the class: the method is the focal class's all the same.
  const methods = focalClass.type.methods.filter((method) => method.name === call.name);
  if (isOwn && call.kind === 'method' && !methods.some((method) => accepts(method, call.arguments.length))) {
    // The call goes to an inherited method of that name.
    return undefined;
  }
  if (methods.length === 0 || !(isOwn || types.isSubtype(focalClass, found.owner))) {
    return undefined;
  }
  return { name: call.name, methods, resolved, isThroughSupertype: !isOwn };
}

function construction(resolved: ResolvedCall, focalClass: TypeReference): FocalCall | undefined {
  const isFocal = resolved.created?.qualifiedName === focalClass.qualifiedName;
  const methods = focalClass.type.constructors;
  return isFocal && methods.length > 0
    ? { name: focalClass.type.name, methods, resolved, isThroughSupertype: false }
    : undefined;
}

function isAboutConstruction(words: readonly string[], methodCalls: readonly FocalCall[]): boolean {
  const saysSo = words.some((word) => /^(?:constructors?|ctors?|constructs?|instantiat\w*)$/.test(word));
  return saysSo && !methodCalls.some((call) => indexOfWords(words, wordsOf(call.name)) >= 0);
}

function chooseName(
  words: readonly string[],
  calls: readonly FocalCall[],
  alsoCallsInherited: boolean,
): Choice | { readonly reason: 'only-set-up-calls' | 'ambiguous-focal-method' } {
  const called = distinctNames(calls);
  const byName = matchByName(words, called);
  if (byName !== undefined) {
    return byName;
  }
  const [only, ...others] = called;
  if (only !== undefined && others.length === 0) {
    const byCall = matchByUniqueCall(only, words, calls);
    return (!alsoCallsInherited && byCall) || { reason: byCall ? 'ambiguous-focal-method' : 'only-set-up-calls' };
  }
  const byAssertion = matchByAssertion(words, calls);
  const isSure =
    byAssertion?.evidence === 'asserted-call' || (!alsoCallsInherited && isActOf(byAssertion?.name, words));
  return byAssertion !== undefined && isSure ? byAssertion : { reason: 'ambiguous-focal-method' };
}

/** The test calls methods that the focal class inherits, other than accessors: one of those may be what it tests. */
function callsInherited(calls: readonly ResolvedCall[], own: readonly FocalCall[], focalClass: TypeReference): boolean {
  const ownCalls = new Set(own.map(({ resolved }) => resolved));
  return calls.some(
    (resolved) =>
      resolved.receiver?.qualifiedName === focalClass.qualifiedName &&
      resolved.call.kind === 'method' &&
      resolved.call.role !== 'stub' &&
      !ownCalls.has(resolved) &&
      !(isAccessor(resolved.call.name) && resolved.call.arguments.length === 0),
  );
}

interface NamedCall {
  readonly name: string;
  readonly words: readonly string[];
  readonly position: number;
}

function matchByName(words: readonly string[], called: readonly string[]): Choice | undefined {
  const named = called
    .map((name): NamedCall => ({ name, words: wordsOf(name), position: indexOfWords(words, wordsOf(name)) }))
    .filter(({ position }) => position >= 0);
  const whole = named.find((one) => one.words.length === words.length);
  if (whole !== undefined) {
    return { name: whole.name, evidence: 'method-name' };
  }
  const outermost = named.filter((one) => !named.some((other) => isInside(one, other)));
  const [only, ...others] = outermost;
  if (only === undefined) {
    return undefined;
  }
  if (others.length === 0) {
    return isTelling(only, called) ? { name: only.name, evidence: 'name-contains-call' } : undefined;
  }
  // `addThenRemove` names two: the name alone does not choose, unless one is said at length and the others in one word.
  const long = outermost.filter((one) => one.words.length > 1);
  const [longest, second] = long.toSorted((a, b) => b.words.length - a.words.length);
  const isChosen = longest !== undefined && (second === undefined || longest.words.length > second.words.length);
  return isChosen && !words.includes('and') ? { name: longest.name, evidence: 'name-contains-call' } : undefined;
}

function isInside(inner: NamedCall, outer: NamedCall): boolean {
  return (
    inner !== outer &&
    outer.words.length > inner.words.length &&
    inner.position >= outer.position &&
    inner.position + inner.words.length <= outer.position + outer.words.length
  );
}

/** One common word, such as `get`, may stand in a name for other reasons than the method; it counts at the start or when alone. */
function isTelling(call: NamedCall, called: readonly string[]): boolean {
  return call.words.length > 1 || call.position === 0 || called.length === 1 || (call.words[0]?.length ?? 0) > 4;
}

/**
 * An accessor that no assertion looks at only fetches what the test works with; one without arguments that the test's name does not
 * hint at only shows what something else, such as the constructor, did.
 */
function matchByUniqueCall(name: string, words: readonly string[], calls: readonly FocalCall[]): Choice | undefined {
  const isAsserted = calls.some((call) => call.resolved.call.role === 'asserted');
  const isTested = isAccessor(name)
    ? calls.some((call) => isLookedAt(call, words))
    : isAsserted || isActOf(name, words);
  return isTested ? { name, evidence: 'unique-call' } : undefined;
}

function isLookedAt({ name, resolved }: FocalCall, words: readonly string[]): boolean {
  const isHintedAt = objectOf(name).some((word) => words.includes(word)) || resolved.call.arguments.length > 0;
  return resolved.call.role === 'asserted' && isHintedAt;
}

/** Methods that configure, register or create are mostly set-up; they are the act when the test's name says what they are about. */
function isActOf(name: string | undefined, words: readonly string[]): boolean {
  if (name === undefined || !/^(?:set|with|register|new|create|open|flush)(?![a-z])|^add\w*Listener$/.test(name)) {
    return name !== undefined;
  }
  const object = objectOf(name);
  return object.length > 0 && object.every((word) => words.includes(word));
}

/** The words of a method's name without its verb. */
function objectOf(name: string): readonly string[] {
  return wordsOf(name).slice(/^(?:get|is|has|set|with|register|new|create|open|add)(?![a-z])/.test(name) ? 1 : 0);
}

function matchByAssertion(words: readonly string[], calls: readonly FocalCall[]): Choice | undefined {
  const asserted = distinctNames(calls.filter((call) => call.resolved.call.role === 'asserted'));
  const [onlyAsserted] = asserted;
  if (asserted.length === 1 && onlyAsserted !== undefined && !isAccessor(onlyAsserted)) {
    return { name: onlyAsserted, evidence: 'asserted-call' };
  }
  const acts = distinctNames(calls).filter((name) => !isAccessor(name));
  const [onlyAct] = acts;
  if (onlyAct !== undefined && isAboutAccessor(words, onlyAct, calls)) {
    return undefined;
  }
  // Accessors in assertions look at what one act did.
  return acts.length === 1 && onlyAct !== undefined && asserted.every((name) => name === onlyAct || isAccessor(name))
    ? { name: onlyAct, evidence: 'act-before-accessor' }
    : undefined;
}

/** The test's name speaks of an asserted accessor with arguments, and not of the act before it. */
function isAboutAccessor(words: readonly string[], act: string, calls: readonly FocalCall[]): boolean {
  const isHintedAt = (name: string): boolean => objectOf(name).some((word) => words.includes(word));
  return (
    !isHintedAt(act) &&
    calls.some(({ name, resolved: { call } }) => isAccessor(name) && call.arguments.length > 0 && isHintedAt(name))
  );
}

function isAccessor(name: string): boolean {
  return /^(?:get|is|has)(?:[A-Z_]|$)|^(?:size|length|isEmpty|toString|hashCode|equals|name|value|count|close)$/.test(
    name,
  );
}

function distinctNames(calls: readonly FocalCall[]): string[] {
  return [...new Set(calls.map((call) => call.name))];
}

/** Takes the overload of the first asserted call, or of the first call. */
function finding(calls: readonly FocalCall[], evidence: FocalMethodEvidence): FocalMethodFinding {
  const call = calls.find((one) => one.resolved.call.role === 'asserted') ?? calls[0];
  if (call === undefined) {
    return { reason: 'no-focal-method' };
  }
  const isReference = call.resolved.call.kind === 'reference';
  const choice = chooseOverload(call.methods, isReference ? undefined : call.resolved.argumentTypes);
  if (choice === undefined) {
    return { reason: 'no-focal-method' };
  }
  return choice.method.bodyStart < 0
    ? { reason: 'focal-method-without-body' }
    : {
        focalMethod: choice.method,
        evidence,
        isOverload: choice.isByArguments,
        isThroughSupertype: call.isThroughSupertype,
      };
}
