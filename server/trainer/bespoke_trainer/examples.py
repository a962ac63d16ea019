"""Training examples as the server writes them (server/TRAINING_EXAMPLES.md): token ids without special tokens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bespoke_trainer.failures import RunFailure

FEWEST_TRAINING_PAIRS = 8
FEWEST_VALIDATION_PAIRS = 2

HELD_OUT_SPLITS = {
    "held-out-by-pair": "HELD_OUT_SPLIT_BY_PAIR",
    "held-out-by-focal-class": "HELD_OUT_SPLIT_BY_FOCAL_CLASS",
}
"""The splits that pairs are held out for: name in the examples file, and name of the enum value in events."""


@dataclass(frozen=True)
class Example:
    """One focal-method/test pair in tokens."""

    pair_id: str
    source: tuple[int, ...]
    target: tuple[int, ...]
    # Parts of the source that are learned like the target, [start, end) each, in order: tests that the input shows. Only the tuning
    # of a base model has them, and only decoder-only models can predict their source.
    taught_spans: tuple[tuple[int, int], ...] = ()

    @property
    def tokens(self) -> int:
        """Source and target tokens, the measure of work."""
        return len(self.source) + len(self.target)

    @property
    def taught_tokens(self) -> int:
        """Tokens that the loss covers, the end of the target included."""
        return len(self.target) + 1 + sum(end - start for start, end in self.taught_spans)


@dataclass(frozen=True)
class Examples:
    """The run's examples by what they are for, and the hash of the file that they came from."""

    train: Sequence[Example]
    validation: list[Example]
    held_out: dict[str, list[Example]]
    """By split; a split that the run holds nothing out for is not there."""
    sha256: str

    def all(self) -> list[Example]:
        return [*self.train, *self.validation, *(example for held_out in self.held_out.values() for example in held_out)]


def read_examples(path: Path, vocabulary: int) -> Examples:
    """Reads the examples file. Raises RunFailure `invalid-spec` for a damaged line, `too-few-pairs` for too small a corpus."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _invalid(f"the file {path} cannot be read ({error.strerror})") from error
    by_split: dict[str, list[Example]] = {split: [] for split in ("train", "validation", *HELD_OUT_SPLITS)}
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            split, example = _example(line, number, vocabulary)
            if split not in by_split:
                raise _invalid(f"line {number} names an unknown split")
            by_split[split].append(example)
    held_out = {split: by_split[split] for split in HELD_OUT_SPLITS if by_split[split]}
    examples = Examples(by_split["train"], by_split["validation"], held_out, hashlib.sha256(content).hexdigest())
    if len(examples.train) < FEWEST_TRAINING_PAIRS or len(examples.validation) < FEWEST_VALIDATION_PAIRS:
        raise RunFailure(
            "too-few-pairs",
            f"The repository yields {len(examples.train)} training and {len(examples.validation)} validation pairs, "
            f"but personalization needs at least {FEWEST_TRAINING_PAIRS} and {FEWEST_VALIDATION_PAIRS}; "
            "write more tests that name the method they test, or use the base model with the nearest tests.",
        )
    return examples


def in_groups(examples: list[Example], most_tokens: int) -> list[list[Example]]:
    """Cuts a list into neighbours of together at most `most_tokens` tokens (a longer example stands alone).

    Rows of a group are laid end to end (families/seam.py), so no group holds any padding whatever its lengths are.
    """
    groups: list[list[Example]] = []
    room = 0
    for example in examples:
        if not groups or example.tokens > room:
            groups.append([])
            room = most_tokens
        groups[-1].append(example)
        room -= example.tokens
    return groups


def _example(line: bytes, number: int, vocabulary: int) -> tuple[str, Example]:
    try:
        fields = json.loads(line)
        split, pair_id = fields["split"], fields["pairId"]
        source, target = fields["source"], fields["target"]
        spans = tuple((int(start), int(end)) for start, end in fields.get("taughtSpans", ()))
    except (ValueError, KeyError, TypeError) as error:
        raise _invalid(f"line {number} is no training example") from error
    if not isinstance(pair_id, str) or not isinstance(split, str):
        raise _invalid(f"line {number} has no pairId or split")
    if not _are_tokens(source, vocabulary) or not _are_tokens(target, vocabulary):
        raise _invalid(f"line {number} has an empty source or target, or token ids that the base model does not know")
    bounds = [0, *(bound for span in spans for bound in span), len(source)]
    # The first token has nothing before it that could predict it.
    if bounds != sorted(bounds) or any(start < 1 for start, _ in spans):
        raise _invalid(f"line {number} has taught spans out of order or outside its source")
    if spans and split != "train":
        raise _invalid(f"line {number} has taught spans, which only training pairs can have")
    return split, Example(pair_id, tuple(source), tuple(target), spans)


def _are_tokens(ids: Any, vocabulary: int) -> bool:
    return isinstance(ids, list) and len(ids) > 0 and all(type(i) is int and 0 <= i < vocabulary for i in ids)


def _invalid(cause: str) -> RunFailure:
    return RunFailure("invalid-spec", f"The training examples are invalid: {cause}; start the run again to rebuild them.")
