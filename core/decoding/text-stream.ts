import type { Tokenizer } from '../model-input/tokenizer.ts';

/** The text of a growing list of tokens. A plain value, so that beams can share and copy it. */
export interface TextStream {
  /** Tokens whose text is settled but gives the next ones their context. */
  readonly context: readonly number[];
  /** Tokens after those whose text is not settled: the bytes of one character can be spread over several. */
  readonly unsettled: readonly number[];
}

export const textStreamStart: TextStream = { context: [], unsettled: [] };

/**
 * Appends one token; `text` is what became settled by it. Only the last few tokens are decoded each time, and a token is decoded after
 * its neighbours because some tokenizers write a space between two tokens but not before the first.
 */
export function appendToken(
  stream: TextStream,
  token: number,
  tokenizer: Tokenizer,
): { stream: TextStream; text: string } {
  const unsettled = [...stream.unsettled, token];
  const whole = tokenizer.decode([...stream.context, ...unsettled]);
  if (whole.endsWith('\uFFFD') && unsettled.length < MAX_TOKENS_OF_A_CHARACTER)
    return { stream: { context: stream.context, unsettled }, text: '' };
  const before = stream.context.length === 0 ? '' : tokenizer.decode(stream.context);
  const text = withoutHalves(whole.slice(before.length));
  return { stream: { context: unsettled.slice(-CONTEXT_TOKENS), unsettled: [] }, text };
}

/** Bytes that were settled as no character may make one with the next; its first half is then cut off. Halves cannot be sent as UTF-8. */
function withoutHalves(text: string): string {
  return Buffer.from(text).toString();
}

/** A character has at most four bytes; a little more room for characters that are made of several. */
const MAX_TOKENS_OF_A_CHARACTER = 8;
const CONTEXT_TOKENS = 4;
