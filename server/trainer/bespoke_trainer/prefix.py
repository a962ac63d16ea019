"""Virtual tokens of the prefix strategy: trained keys and values before the input of every block's self-attention.

They are trained directly, as P counts them (1024 x 200 x 24 x 2), without the reparametrization of the original prefix tuning
(Li and Liang, arXiv 2101.00190, section 4.3). Training starts from real words' activations, which that paper found essential on
little data (section 7.4) and P does with the repository's most frequent words: the unchanged base reads the most frequent target tokens as
one text, and the keys and values that it computes are the first prefix. A base that brings a generic prefix, trained on pairs of other
repositories, gives that instead: P's remedy for how long a prefix takes to train.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from safetensors.torch import load_file

from bespoke_trainer.examples import Example
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.families.seam import Family, Prefix


def initial_prefix(family: Family, examples: list[Example], length: int, generic: Path | None) -> Prefix:
    """The prefix before training; tensors [blocks, length, keyValueHeads, headSize]. `generic`: the base's own, taken where it has this length."""
    from_words = family.initial_prefix(most_frequent_tokens(examples, length))
    if generic is None:
        return from_words
    own = load_file(generic)
    if own.keys() != from_words.keys() or any(own[name].shape[2:] != from_words[name].shape[2:] for name in own):
        raise RunFailure(
            "invalid-base-model",
            f"The generic prefix in {generic.parent} is not one of this base model; build the folder again or choose another base model.",
        )
    if any(own[name].shape != from_words[name].shape for name in own):
        return from_words
    return {name: own[name].to(tensor) for name, tensor in from_words.items()}


def most_frequent_tokens(examples: list[Example], count: int) -> list[int]:
    """The `count` most frequent target tokens, most frequent first; ties by id; repeated when there are fewer kinds."""
    counts = Counter(token for example in examples for token in example.target)
    ranked = sorted(counts, key=lambda token: (-counts[token], token))
    return [ranked[i % len(ranked)] for i in range(count)]


def check_room(family: Family, examples: list[Example], length: int) -> None:
    """Raises RunFailure when a position table is too short for a prefix and the longest example."""
    most = family.longest_rows()
    # One more for the special token at the end of a source or the start of a target.
    longest = 1 + max(max(len(example.source), len(example.target)) for example in examples)
    if family.encoder_blocks == 0:
        longest = 1 + max(example.tokens for example in examples)
    if most is not None and length + longest > most:
        raise RunFailure(
            "invalid-spec",
            f"A prefix of {length} and the longest example of {longest} tokens exceed the base model's {most} positions; "
            "choose a shorter prefix length, a smaller input budget or another strategy.",
        )
