import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';

/** Turns text into a base model's token ids and back, exactly as its `tokenizer.json` does in Python. */
export interface Tokenizer {
  /** Token ids of the text, without special tokens. */
  encode(text: string): readonly number[];
  /** The text of the token ids; special tokens have none. */
  decode(tokens: readonly number[]): string;
}

/** Reads `tokenizer.json` and, where there is one, `tokenizer_config.json` of a base-model folder. */
export async function loadTokenizer(baseModelDir: string): Promise<Tokenizer> {
  const definition = await readFile(join(baseModelDir, 'tokenizer.json'), 'utf8');
  return createTokenizer(definition);
}

/** `definition` is the content of a `tokenizer.json`. */
export function createTokenizer(definition: string): Tokenizer {
  // The second argument would add clean-up rules of `tokenizer_config.json` to decoding; source code must come back as it was.
  const tokenizer = new HuggingFaceTokenizer(JSON.parse(definition) as object, {});
  // The same tests and signatures stand in many inputs, and byte-pair encoding is what assembling an input costs.
  const remembered = new Map<string, number[]>();
  return {
    encode(text) {
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const { ids } = tokenizer.encode(text, { add_special_tokens: false });
      if (remembered.size >= REMEMBERED_TEXTS) remembered.clear();
      remembered.set(text, ids);
      return ids;
    },
    decode: (tokens) =>
      tokens.length === 0
        ? ''
        : tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
  };
}

const REMEMBERED_TEXTS = 20_000;
