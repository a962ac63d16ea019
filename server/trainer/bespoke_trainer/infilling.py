"""Text infilling, the noise that BART is pre-trained to undo (Lewis et al., arXiv 1910.13461, section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import numpy as np

from bespoke_trainer.examples import Example

# Share of the tokens that are masked, and the mean length of the spans that one mask stands for: the paper's.
_MASKED_SHARE = 0.3
_MEAN_SPAN_TOKENS = 3.0


class InfillingExamples(Sequence[Example]):
    """One example for each window of a long row of tokens: the window with spans masked, and as it was. Made when it is asked for."""

    def __init__(self, tokens: np.ndarray, starts: np.ndarray, window_tokens: int, mask: int, seed: int) -> None:
        """`tokens` [N]; `starts` [W]: where each window begins."""
        self._tokens = tokens
        self._starts = starts
        self._window_tokens = window_tokens
        self._mask = mask
        self._seed = seed

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> list[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | list[Example]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        start = int(self._starts[index])
        window = self._tokens[start : start + self._window_tokens]
        # The same window is masked in the same way whenever it is asked for, so that a resumed run repeats itself.
        chance = np.random.default_rng([self._seed, start])
        return Example(f"window-{start}", tuple(infilled(window, self._mask, chance)), tuple(window.tolist()))


def infilled(window: np.ndarray, mask: int, chance: np.random.Generator) -> list[int]:
    """The window [n] with spans replaced by one mask each. Spans do not overlap; one of no tokens is a mask between two tokens."""
    lengths: list[int] = []
    left = round(len(window) * _MASKED_SHARE)
    while left > 0:
        lengths.append(min(left, int(chance.poisson(_MEAN_SPAN_TOKENS))))
        left -= lengths[-1]
    kept = len(window) - sum(lengths)
    # Before which of the kept tokens each span stands.
    places = np.sort(chance.integers(0, kept + 1, len(lengths)))
    noisy: list[int] = []
    at = taken = 0
    for place, length in zip(places.tolist(), lengths):
        step = place - taken
        noisy += window[at : at + step].tolist()
        noisy.append(mask)
        at += step + length
        taken = place
    return noisy + window[at:].tolist()
