"""A byte-level BPE tokenizer for Java, as BART's (arXiv 1910.13461) but learned from Java source alone: every text comes back as it was."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

# Ids in this order, from 0, as in BART's configuration.
_SPECIAL = ("<s>", "<pad>", "</s>", "<mask>")
START, PAD, END, MASK = range(len(_SPECIAL))


def train_java_tokenizer(texts: Iterable[str], vocabulary: int, folder: Path) -> None:
    """Learns at most `vocabulary` tokens, the special ones among them, and writes tokenizer.json and tokenizer_config.json."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(_SPECIAL),
        # Every byte has a token, so no text is unknown.
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    start, pad, end, mask = _SPECIAL
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=start, pad_token=pad, eos_token=end, mask_token=mask
    )
    fast.save_pretrained(folder)
