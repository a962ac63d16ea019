"""What each strategy trains on the model of paper P, BART-large: its published counts, exactly. No weight is allocated."""

from __future__ import annotations

import pytest
import torch
import transformers

from bespoke_trainer.examples import Example, Examples
from bespoke_trainer.families import family_of
from bespoke_trainer.families.seam import SpecialTokens
from bespoke_trainer.learner import Learner
from bespoke_trainer.run_spec import TrainingOptions
from bespoke_trainer.strategies import STRATEGIES, hyperparameters_of

EXAMPLE = Example("a", (5, 6, 7), (8, 9))


@pytest.mark.parametrize(
    ("strategy", "frozen_blocks", "expected"),
    [
        ("custom", None, 406_291_456),
        # 50,265 tokens and two tables of 1,026 positions, 1,024 wide.
        ("embeddings-output", None, 53_572_608),
        ("last-decoder-block", None, 16_796_672),
        # 1,024 x 200 x 24 x 2
        ("prefix", None, 9_830_400),
        # Blocks 24 - 23: the last decoder block alone.
        ("telly", 23, 16_796_672),
        # All twelve decoder blocks.
        ("telly", 12, 12 * 16_796_672),
    ],
)
def test_counts_of_bart_large(strategy, frozen_blocks, expected):
    with torch.device("meta"):
        model = transformers.BartForConditionalGeneration(transformers.BartConfig()).requires_grad_(False)
    family = family_of(model, SpecialTokens(2, 2, 2), torch.float32)
    row = STRATEGIES[strategy]
    options = TrainingOptions(frozen_blocks=frozen_blocks)
    learner = Learner(
        family, row, hyperparameters_of(row, family, options), Examples([EXAMPLE], [EXAMPLE], {}, ""), weights=None
    )
    assert sum(parameter.numel() for parameter in learner.trained.values()) == expected
    assert model.num_parameters() == 406_291_456
