"""BART-large under every strategy: Telly at every k by its blocks' sizes, and the figures that paper P prints. No weight is allocated."""

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

D, FEED_FORWARD = 1024, 4096
ATTENTION = 4 * (D * D + D)
NORM = 2 * D
ENCODER_BLOCK = ATTENTION + NORM + (D * FEED_FORWARD + FEED_FORWARD) + (FEED_FORWARD * D + D) + NORM
DECODER_BLOCK = ENCODER_BLOCK + ATTENTION + NORM

EXAMPLE = Example("a", (5, 6, 7), (8, 9))


@pytest.fixture(scope="module")
def bart_large():
    with torch.device("meta"):
        model = transformers.BartForConditionalGeneration(transformers.BartConfig())
    return family_of(model.requires_grad_(False), SpecialTokens(2, 2, 2), torch.float32)


def trained_parameters(family, strategy, options=TrainingOptions()):
    row = STRATEGIES[strategy]
    examples = Examples([EXAMPLE], [EXAMPLE], {}, "")
    learner = Learner(family, row, hyperparameters_of(row, family, options), examples, weights=None)
    return sum(parameter.numel() for parameter in learner.trained.values())


@pytest.mark.parametrize("frozen_blocks", range(24))
def test_telly_trains_the_blocks_above(bart_large, frozen_blocks):
    encoder_blocks = max(0, 12 - frozen_blocks)
    decoder_blocks = min(12, 24 - frozen_blocks)
    options = TrainingOptions(frozen_blocks=frozen_blocks)
    expected = encoder_blocks * ENCODER_BLOCK + decoder_blocks * DECODER_BLOCK
    assert trained_parameters(bart_large, "telly", options) == expected


@pytest.mark.parametrize(
    ("strategy", "printed_millions"),
    [
        ("custom", 406),
        # 53.57, printed without its decimals: rounded it would be 54.
        ("embeddings-output", 53),
        ("last-decoder-block", 17),
        ("prefix", 10),
    ],
)
def test_counts_are_those_that_paper_p_prints(bart_large, strategy, printed_millions):
    assert abs(trained_parameters(bart_large, strategy) / 1e6 - printed_millions) < 1


def test_a_prefix_makes_the_model_as_large_as_paper_p_prints(bart_large):
    assert round((bart_large.model.num_parameters() + trained_parameters(bart_large, "prefix")) / 1e6) == 416
