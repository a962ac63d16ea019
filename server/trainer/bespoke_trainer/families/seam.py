"""What the trainer asks of a model family, and the layout of tensors that all families share.

Examples of a group are laid end to end: a hidden state is `[rows, D]`, rows of one example side by side, no padding anywhere.
Linear layers and norms see one large matrix; attention takes each example's rows by itself (attention.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from bespoke_trainer.examples import Example

# Hidden states at some height of the model, by stack: `encoder` and `decoder`, each [rows, D].
State = dict[str, torch.Tensor]

# Trained prefixes by name: `prefix.decoder.keys` etc., each [blocks, P, keyValueHeads, headSize].
Prefix = dict[str, torch.Tensor]


@dataclass(frozen=True)
class SpecialTokens:
    """Special token ids of the base model's manifest. None: the model has no such token."""

    end_of_target: int
    end_of_source: int | None
    decoder_start: int | None


@dataclass(frozen=True)
class Group:
    """A group of examples, ready for a model: rows of all examples end to end."""

    examples: list[Example]
    # Token ids of each stack's input, [rows]; `encoder` is missing for decoder-only models.
    inputs: dict[str, torch.Tensor]
    # Position of each row within its example, [rows].
    positions: dict[str, torch.Tensor]
    # Rows of each example, per stack.
    lengths: dict[str, list[int]]
    # Rows that each example has in common with the beginning of the example before it; they stand there and are not repeated.
    reused: list[int]
    # Rows of the decoder whose next token is a target token, [R]; None: all of them.
    target_rows: torch.Tensor | None
    # Target rows of each example; they sum to R.
    target_lengths: list[int]
    # The tokens that the target rows should predict, [R]; where `taught` is set, one for each row that is.
    labels: torch.Tensor
    # Which target rows are learned, [R]; None: all of them.
    taught: torch.Tensor | None = None

    @property
    def tokens(self) -> int:
        """Source and target tokens, without special ones."""
        return sum(example.tokens for example in self.examples)


def in_full(rows: torch.Tensor, group: Group, stack: str) -> list[torch.Tensor]:
    """Every example's rows [rows, …], with those that it has in common with the example before it."""
    own = rows.split(group.lengths[stack])
    if not any(group.reused):
        return list(own)
    full = [own[0]]
    for reused, part in zip(group.reused[1:], own[1:]):
        full.append(torch.cat((full[-1][:reused], part)) if reused else part)
    return full


class Family(Protocol):
    """One model family. Blocks are counted from the bottom, encoder blocks first, then decoder blocks."""

    model: torch.nn.Module
    # `encoder.0`, …, `decoder.0`, …: a name for every block, from the bottom up.
    block_names: Sequence[str]
    encoder_blocks: int
    # Floating-point type of matrix products.
    compute_type: torch.dtype

    def embedding_parameters(self) -> list[str]:
        """Names of token and position embedding tables."""
        ...

    def output_parameters(self) -> list[str]:
        """Names of the output layer's parameters; a tied one is named as the embedding that it is."""
        ...

    def block_parameters(self, block: int) -> list[str]:
        """Names of one block's parameters."""
        ...

    def parameters_above(self, frozen_blocks: int) -> list[str]:
        """Names of everything above the bottom `frozen_blocks` blocks, embeddings excluded, final norms included."""
        ...

    def group(self, examples: list[Example], device: torch.device, shares_rows: bool = False) -> Group:
        """Lays examples end to end and adds the special tokens.

        `shares_rows`: where rows see only what is before them, an example that begins like the one before it reuses its rows. Such
        a group can be run up to the top block, not through it.
        """
        ...

    def run(self, group: Group, state: State | None, first: int, last: int, prefix: Prefix | None = None) -> State:
        """Runs blocks `first` up to but not including `last`. `state` None: from the embeddings, with `first` 0.

        After the top block, `decoder` holds target rows only: nothing is computed for source rows that no one reads.
        """
        ...

    def output_rows(self, state: State) -> torch.Tensor:
        """What the output layer multiplies: final norm and scale applied to the top block's target rows, [R, D]."""
        ...

    def output_layer(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The output layer's weight [V, D] and bias [V] or None."""
        ...

    def initial_prefix(self, tokens: Sequence[int]) -> Prefix:
        """Keys and values that the unchanged model computes for `tokens`, as a prefix of that length."""
        ...

    def longest_rows(self) -> int | None:
        """Most rows of one example in one stack that the position tables allow; None: no limit."""
        ...
