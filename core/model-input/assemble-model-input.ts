import type { FocalContext, TestPair } from '../mining/test-pair.ts';
import type { Tokenizer } from './tokenizer.ts';

/** A test of the repository that resembles what is wanted, as the model's input shows it. */
export interface NearestTest {
  /** Simple name. */
  readonly focalClass: string;
  /** Its focal method, with the body. */
  readonly focalMethodSource: string;
  readonly testSource: string;
}

/** What a test is wanted for. */
export interface ModelInputParts {
  /** Simple name. */
  readonly focalClass: string;
  /** Name of the focal method. */
  readonly focalMethod: string;
  readonly focalContext: FocalContext;
  /** Nearest first. */
  readonly nearestTests: readonly NearestTest[];
}

/** The model's input, without special tokens. */
export interface ModelInput {
  readonly tokens: readonly number[];
  /** The nearest tests that fitted, in the order in which they stand in the input: farthest first. */
  readonly nearestTests: readonly ShownTest[];
}

/** Where a nearest test stands in the model's input. */
export interface ShownTest {
  /** Which of the nearest tests that were offered. */
  readonly index: number;
  /** Its source's first token in the input, and the one behind its last. */
  readonly start: number;
  readonly end: number;
  /** False where its end did not fit. */
  readonly isWhole: boolean;
}

/**
 * Writes the model's input as one piece of Java: the nearest tests with their focal methods, farthest first so that the nearest
 * stands closest to the end, then the types that the focal method takes and returns, then the focal class with what surrounds the focal
 * method, then the focal method, then a cue after which a test method follows. A plain completion model continues Java more readily than
 * any instruction. Tried on the untuned embedded base with 640 tokens (8 pairs of two libraries; nats per token of the real test): this
 * layout 1.02; the tests last, after the focal class 1.06; the test class's opening as the cue 1.08; no cue 1.13; tests without their focal
 * methods 1.03. How many signatures stand there and how long a nearest focal method may be changed it by 0.01 or less.
 *
 * The budget is dealt in this order: the frame with the focal method's signature, most of the focal method's body, a few signatures of the
 * class, the nearest test, its end cut off where it must be, the related types, the rest of the focal method up to half of the budget, the
 * other tests while they fit, then the remaining signatures. So the outermost is cut first, and the focal method's signature never is: an
 * input can exceed the budget only when the frame alone does.
 *
 * The budget is `USUAL_INPUT_TOKENS`, and as much more, up to `mostTokens`, as shows the nearest test whole: who is shown a test that is
 * cut writes one that is cut. One input in six to eight needs that, which makes inputs 2 to 5 % longer on average; BLEU-4 of the personalized
 * default base rose by 1.2 on pairs and by 1.8 on focal classes that were held out of one library (commons-cli, 38 each).
 */
export function assembleModelInput(parts: ModelInputParts, tokenizer: Tokenizer, mostTokens: number): ModelInput {
  const encode = (text: string) => tokenizer.encode(text);
  const budgetTokens = Math.min(USUAL_INPUT_TOKENS, mostTokens);
  const { focalContext } = parts;
  const head = encode(`// Class under test\n${focalContext.classDeclaration} {\n`);
  const cue = encode(`}\n\n// Test of ${parts.focalClass}.${parts.focalMethod}\n`);
  let left = budgetTokens - head.length - cue.length;

  const methodUpTo = (most: number) => cutToTokens(indent(focalContext.method), most, encode);
  let method = methodUpTo(Math.max(0, Math.min(left, Math.floor(budgetTokens * METHOD_FIRST_SHARE))));
  left -= method.length;

  const members = memberLines(focalContext, parts.focalClass).map((line) => encode(`    ${line};\n`));
  const keptMembers = takeWhileFits(members, Math.min(left, MEMBERS_FIRST_TOKENS));
  left -= sizeOf(keptMembers);

  const nearest: (NearestPiece & { readonly index: number })[] = [];
  const show = (piece: NearestPiece | undefined, index: number) => {
    if (piece === undefined) return;
    nearest.unshift({ ...piece, index });
    left -= piece.tokens.length;
  };
  const [first, ...others] = parts.nearestTests;
  if (first !== undefined) {
    const whole = nearestTestTokens(first, left + mostTokens - budgetTokens, encode);
    left += Math.max(0, (whole?.tokens.length ?? 0) - left);
    show(whole ?? cutTestTokens(first, left, encode), 0);
  }

  const related = relatedTypeTokens(focalContext, Math.min(left, RELATED_TYPES_TOKENS), encode);
  left -= related.length;

  const more = methodUpTo(Math.min(method.length + Math.max(0, left), budgetTokens >> 1));
  left -= more.length - method.length;
  method = more;

  for (const [at, test] of others.entries()) show(nearestTestTokens(test, left, encode), at + 1);
  const moreMembers = takeWhileFits(members.slice(keptMembers.length), left);

  const nearestTokens = nearest.flatMap(({ tokens }) => tokens);
  return {
    tokens: [...nearestTokens, ...related, ...head, ...keptMembers.flat(), ...moreMembers.flat(), ...method, ...cue],
    nearestTests: shownTests(nearest),
  };
}

/** The nearest test as the model's input shows a mined pair. */
export function nearestTestOf(pair: TestPair): NearestTest {
  return { focalClass: pair.focalClass, focalMethodSource: pair.focalContext.method, testSource: pair.testSource };
}

/**
 * Most tokens of an input whose nearest test needs no more. One or two nearest tests and the focal context fit. On two cores every token
 * costs the default base about a millisecond, in training and again in generation.
 */
export const USUAL_INPUT_TOKENS = 512;

/** Of the budget, for the focal method before the nearest test gets its share. */
const METHOD_FIRST_SHARE = 3 / 8;
/** Signatures of the class that are shown before the nearest tests get their share. */
const MEMBERS_FIRST_TOKENS = 64;
/** Most tokens of the types that the focal method takes and returns. */
const RELATED_TYPES_TOKENS = 96;
/** A test that is cut to less shows nothing of how it is set up. */
const FEWEST_CUT_TOKENS = 48;
/** Most tokens of a nearest test's focal method. */
const NEAREST_FOCAL_TOKENS = 96;

/** Constructors help most to write a test that compiles, fields least. */
function memberLines(context: FocalContext, focalClass: string): string[] {
  const { classDeclaration, constructors, methods, fields } = context;
  const implied = constructors.length === 0 && CONSTRUCTIBLE.test(classDeclaration) ? [`public ${focalClass}()`] : [];
  return [...implied, ...constructors, ...methods, ...fields].map((line) =>
    line.replace(/\s+/gu, ' ').replace(/;$/u, ''),
  );
}

/** A class that is made by the constructor which Java implies when there is none. */
const CONSTRUCTIBLE = /^(?!.*\babstract\b)(?:[^{]*\s)?class\s/u;

function relatedTypeTokens(
  { relatedTypes }: FocalContext,
  budgetTokens: number,
  encode: (text: string) => readonly number[],
): readonly number[] {
  const title = encode('// Used types\n');
  const lines = takeWhileFits(
    relatedTypes.map((line) => encode(`${line}\n`)),
    budgetTokens - title.length,
  );
  return lines.length === 0 ? [] : [...title, ...lines.flat()];
}

interface NearestPiece {
  readonly tokens: readonly number[];
  /** Where the test's source stands among them. */
  readonly start: number;
  readonly end: number;
  readonly isWhole: boolean;
}

function shownTests(pieces: readonly (NearestPiece & { readonly index: number })[]): ShownTest[] {
  let offset = 0;
  return pieces.map(({ index, tokens, start, end, isWhole }) => {
    const shown = { index, start: offset + start, end: offset + end, isWhole };
    offset += tokens.length;
    return shown;
  });
}

/** A nearest test with its focal method, or with that method's signature only, or nothing when neither fits. */
function nearestTestTokens(
  test: NearestTest,
  budgetTokens: number,
  encode: (text: string) => readonly number[],
): NearestPiece | undefined {
  const frame = encode(`\n// Test of ${test.focalClass}\n`);
  const source = encode(test.testSource.trimEnd());
  const gap = encode('\n\n');
  const focal = cutToTokens(test.focalMethodSource, NEAREST_FOCAL_TOKENS, encode);
  for (const shown of [focal, cutToTokens(test.focalMethodSource, 0, encode)]) {
    const tokens = [...shown, ...frame, ...source, ...gap];
    if (tokens.length > budgetTokens) continue;
    const start = shown.length + frame.length;
    return { tokens, start, end: start + source.length, isWhole: true };
  }
  return undefined;
}

/** As much of a nearest test as fits, without its focal method; nothing where that says too little. */
function cutTestTokens(
  test: NearestTest,
  budgetTokens: number,
  encode: (text: string) => readonly number[],
): NearestPiece | undefined {
  const frame = encode(`\n// Test of ${test.focalClass}\n`);
  const end = encode('    // and so on\n}\n\n');
  const source = cutToTokens(test.testSource, budgetTokens - frame.length - end.length, encode);
  const tokens = [...frame, ...source, ...end];
  if (source.length < FEWEST_CUT_TOKENS || tokens.length > budgetTokens) return undefined;
  return { tokens, start: frame.length, end: frame.length + source.length, isWhole: false };
}

/** A method cut at the end of a line so that it has at most this many tokens; its signature is kept whatever it takes. */
function cutToTokens(
  method: string,
  budgetTokens: number,
  encode: (text: string) => readonly number[],
): readonly number[] {
  const whole = encode(`${method.trimEnd()}\n`);
  if (whole.length <= budgetTokens) return whole;
  const lines = method.trimEnd().split('\n');
  const signatureLines = lines.findIndex((line) => line.includes('{')) + 1 || 1;
  let kept = encode(`${lines.slice(0, signatureLines).join('\n')}\n`);
  for (const line of lines.slice(signatureLines)) {
    const next = encode(`${line}\n`);
    if (kept.length + next.length > budgetTokens) break;
    kept = [...kept, ...next];
  }
  return kept;
}

function takeWhileFits(pieces: readonly (readonly number[])[], budgetTokens: number): (readonly number[])[] {
  let left = budgetTokens;
  const kept: (readonly number[])[] = [];
  for (const piece of pieces) {
    if (piece.length > left) break;
    kept.push(piece);
    left -= piece.length;
  }
  return kept;
}

const sizeOf = (pieces: readonly (readonly number[])[]) => pieces.reduce((sum, piece) => sum + piece.length, 0);

const indent = (source: string) => source.replace(/^(?=.)/gmu, '    ');
