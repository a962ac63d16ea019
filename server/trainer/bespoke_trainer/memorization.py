"""How much of its training pairs a model gives back, as Carlini et al. measure it ("Quantifying Memorization Across Neural Language
Models", arXiv 2202.07646): a test is extractable when greedy decoding from its own input writes it word for word.

Nothing is decoded here. With the true tokens before each token, the most likely next one is what greedy decoding writes as long as all
that it wrote before was true too: a test whose every token is the most likely one is given back whole, and after the tokens before
it a run of such tokens is given back as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bespoke_trainer.examples import Example, in_groups
from bespoke_trainer.learner import Learner

_MOST_PAIRS = 16
# Source and target tokens of all measured pairs: some seconds of a small processor for each of the two models.
_MOST_TOKENS = 6144


@dataclass(frozen=True)
class GivenBack:
    """What one model gives back of some pairs."""

    # Pairs whose test it writes to the end, word for word.
    verbatim: int
    # Most tokens of one test in a row.
    longest_run: int
    # Tokens of all tests that it writes after the true tokens before them.
    tokens_right: int

    def to_json(self) -> dict[str, int]:
        """A part of the adapter's manifest."""
        return {"verbatim": self.verbatim, "longestRun": self.longest_run, "tokensRight": self.tokens_right}


def memorization_sample(train: Sequence[Example], seed: int) -> list[Example]:
    """At most 16 training pairs of together at most 6,144 tokens, and always one; the seed and the pairs' ids alone decide.

    A pair that would go beyond is passed over, so that long pairs are measured less often than short ones.
    """
    chosen: list[Example] = []
    room = _MOST_TOKENS
    for example in sorted(train, key=lambda pair: hashlib.sha256(f"{seed}\n{pair.pair_id}".encode()).digest()):
        if len(chosen) < _MOST_PAIRS and (example.tokens <= room or not chosen):
            chosen.append(example)
            room -= example.tokens
    return chosen


def given_back(
    learner: Learner,
    examples: list[Example],
    tokens_at_once: int,
    between_groups: Callable[[], None],
    with_prefix: bool = True,
) -> GivenBack:
    """What the learner's model gives back as it is now. `between_groups` may raise to end early."""
    verbatim, longest_run, tokens_right = 0, 0, 0
    for chosen in in_groups(examples, tokens_at_once):
        between_groups()
        group = learner.group(chosen)
        for hits in learner.hits(group, with_prefix).split(group.target_lengths):
            # The last is the end of the target, which is no token of the test.
            *test, end = hits.tolist()
            verbatim += all(test) and end
            longest_run = max(longest_run, _longest_run(test))
            tokens_right += sum(test)
    return GivenBack(verbatim, longest_run, tokens_right)


def memorization_of(examples: list[Example], personalized: GivenBack, base: GivenBack) -> dict[str, Any]:
    """The block `memorization` of the adapter's manifest: the same pairs by the personalized model and by the base."""
    return {
        "pairs": len(examples),
        "tokens": sum(len(example.target) for example in examples),
        "personalized": personalized.to_json(),
        "base": base.to_json(),
    }


def _longest_run(hits: Iterable[bool]) -> int:
    longest, run = 0, 0
    for hit in hits:
        run = run + 1 if hit else 0
        longest = max(longest, run)
    return longest
