"""Whether a model reads its input at all: a base that does not is a language model, and writes the same test for every method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bespoke_trainer.examples import Example
from bespoke_trainer.learner import Learner
from bespoke_trainer.measuring import measure


def loss_with_other_inputs(
    learner: Learner, examples: list[Example], tokens_at_once: int, between_groups: Callable[[], None]
) -> float:
    """Nats per token of each example's target after the source of another one. As low as after its own, the source is not read."""
    others = examples[len(examples) // 2 :] + examples[: len(examples) // 2]
    swapped = [replace(example, source=other.source) for example, other in zip(examples, others, strict=True)]
    return measure(learner, swapped, tokens_at_once, between_groups).loss
