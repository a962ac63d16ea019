"""Reads {"base": FOLDER, "sources": [...], "searches": [{"width", "maxNewTokens"}]} from stdin; prints what `generate` finds for each."""

import json
import sys

import torch
import transformers

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
request = json.load(sys.stdin)
config = transformers.AutoConfig.from_pretrained(request["base"], local_files_only=True)
auto = transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM
model = auto.from_pretrained(request["base"], dtype=torch.float32, local_files_only=True).eval()
found = []
for source in request["sources"]:
    ids = torch.tensor([[*source, config.eos_token_id] if config.is_encoder_decoder else source])
    # What stands before the new tokens: the decoder's start, or the source.
    given = 1 if config.is_encoder_decoder else len(source)
    for search in request["searches"]:
        sequences = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            num_beams=search["width"],
            num_return_sequences=search["width"],
            length_penalty=1.0,
            early_stopping=search["width"] > 1,
            max_new_tokens=search["maxNewTokens"],
        )
        new = [sequence[given:] for sequence in sequences.tolist()]
        eos = model.config.eos_token_id
        found.append([tokens[: tokens.index(eos)] if eos in tokens else tokens for tokens in new])
json.dump(found, sys.stdout)
