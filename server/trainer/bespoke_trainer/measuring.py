"""Teacher-forced measurements: the loss of target tokens, per pair and over all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from bespoke_trainer.examples import Example, in_groups
from bespoke_trainer.learner import Learner


@dataclass(frozen=True)
class PairLoss:
    """The loss of one pair: a sum of negative log-likelihoods in nats over its target tokens."""

    pair_id: str
    loss_sum: float
    target_tokens: int


@dataclass(frozen=True)
class Measurement:
    """Losses of pairs in the order in which they were given."""

    pairs: list[PairLoss]

    @property
    def target_tokens(self) -> int:
        return sum(pair.target_tokens for pair in self.pairs)

    @property
    def loss(self) -> float:
        """Mean negative log-likelihood of a target token, in nats."""
        return math.fsum(pair.loss_sum for pair in self.pairs) / self.target_tokens

    def to_proto_json(self) -> dict[str, Any]:
        """Message Measurement of proto/bespoke/v1/common.proto."""
        return {
            "loss": self.loss,
            # A loss of more than 700 nats would overflow; no trained model comes near it.
            "perplexity": math.exp(min(self.loss, 700.0)),
            "targetTokens": str(self.target_tokens),
            "pairs": [
                {"pairId": pair.pair_id, "lossSum": pair.loss_sum, "targetTokens": pair.target_tokens}
                for pair in self.pairs
            ],
        }


@torch.no_grad()
def measure(
    learner: Learner,
    examples: list[Example],
    tokens_at_once: int,
    between_groups: Callable[[], None],
    with_prefix: bool = True,
) -> Measurement:
    """Measures examples. `between_groups` may raise to end early."""
    pairs: list[PairLoss] = []
    for chosen in in_groups(examples, tokens_at_once):
        between_groups()
        group = learner.group(chosen)
        losses = learner.losses(group, with_prefix).split(group.target_lengths)
        pairs += [
            PairLoss(example.pair_id, float(loss.double().sum()), len(loss)) for example, loss in zip(chosen, losses)
        ]
    return Measurement(pairs)
