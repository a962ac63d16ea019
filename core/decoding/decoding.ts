import type { Tokenizer } from '../model-input/tokenizer.ts';
import { type MethodScan, methodScanStart, scanMethod } from './balanced-method.ts';
import { closeMethod } from './close-method.ts';
import { circleIn } from './repetition.ts';
import { appendToken, type TextStream, textStreamStart } from './text-stream.ts';

/** When a candidate ends. */
export interface StoppingCriteria {
  /** The token that ends a test. */
  readonly endOfTarget: number;
  /** Most tokens of a candidate. */
  readonly maxNewTokens: number;
  /** Whether a candidate also ends with the closing brace of its method, and when it only repeats itself. */
  readonly atEndOfMethod: boolean;
}

/** A candidate that ended. */
export interface FinishedText {
  /** Without the token that ends a test. */
  readonly tokens: readonly number[];
  readonly text: string;
  /** Sum over the tokens, the ending one included, in nats. */
  readonly logProbability: number;
  /** False when the token limit cut it, or a repetition without end. A text whose method is open is closed after its last whole statement. */
  readonly complete: boolean;
}

/** What one beam reads in the next step. */
export interface Beam {
  readonly token: number;
  /** Rows of the cache after the request's input that this beam sees: those of its own earlier tokens. */
  readonly rows: readonly number[];
  /** Guesses of the tokens after it. As many as there is room for are read in the same step, each as if those before it were right. */
  readonly drafts: readonly number[];
}

/** One way to choose tokens, for one request. */
export interface Decoding {
  /** Most beams that a step has. */
  readonly width: number;
  /** The beams of the next step; empty when done. */
  readonly beams: readonly Beam[];
  /**
   * Chooses the next tokens. `logProbabilities` gives the vocabulary's after a beam's token and so many of its drafts, or after the
   * input's last token the first time; nothing for a draft that was not read. `rowOf` gives the cache row of that token.
   */
  advance(
    logProbabilities: (beam: number, drafts: number) => Float32Array | undefined,
    rowOf: (beam: number, drafts: number) => number,
  ): void;
  /** Rows were moved within the cache. */
  renumber(newRow: ReadonlyMap<number, number>): void;
  /** Text that was written since the last call. A candidate that is cut, or left a circle, ends otherwise than it went. */
  takeDelta(): string;
  /** The finished candidates, best first. */
  finished(): FinishedText[];
}

/** A candidate in the making. A plain value, so that beams can share and copy it. */
export interface Draft {
  readonly tokens: readonly number[];
  readonly text: string;
  readonly stream: TextStream;
  readonly scan: MethodScan;
}

export const draftStart: Draft = { tokens: [], text: '', stream: textStreamStart, scan: methodScanStart };

type Ending = 'end-of-target' | 'end-of-method' | 'repetition' | 'limit';

/** How a draft stands after one more token. */
export interface Extended {
  readonly draft: Draft;
  /** Why it ends, if it does. */
  readonly ends: Ending | undefined;
}

export function extendDraft(draft: Draft, token: number, stopping: StoppingCriteria, tokenizer: Tokenizer): Extended {
  const isLast = draft.tokens.length + 1 >= stopping.maxNewTokens;
  if (token === stopping.endOfTarget) return { draft, ends: 'end-of-target' };
  const { stream, text } = appendToken(draft.stream, token, tokenizer);
  const { scan, used } = stopping.atEndOfMethod
    ? scanMethod(draft.scan, text)
    : { scan: draft.scan, used: text.length };
  const extended = {
    tokens: [...draft.tokens, token],
    text: draft.text + text.slice(0, used),
    stream,
    scan,
  };
  if (scan.complete) return { draft: extended, ends: 'end-of-method' };
  if (stopping.atEndOfMethod && circleIn(extended.text) !== undefined) return { draft: extended, ends: 'repetition' };
  return { draft: extended, ends: isLast ? 'limit' : undefined };
}

/** The candidate that a draft ends as. */
export function finishDraft(
  { tokens, text, scan }: Draft,
  ends: Ending,
  logProbability: number,
  { atEndOfMethod }: StoppingCriteria,
): FinishedText {
  const complete = ends === 'end-of-target' || ends === 'end-of-method';
  // A model that ends a test too early left out braces, seldom more.
  const isOpen = atEndOfMethod && !scan.complete;
  return { tokens, text: isOpen ? closeMethod(text, ends === 'repetition') : text, logProbability, complete };
}
