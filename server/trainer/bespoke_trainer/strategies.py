"""The strategies, one table. Each answers what is trained, what lies frozen underneath, and how it is trained by default.

What is saved is what is trained, under the same names (server/ADAPTER_FORMAT.md). Definitions: paper P, section "Personalized
models" (custom, L-EO, L-LDB, prefix); Telly-k: paper T (Shi et al., ISSTA 2023, arXiv 2304.05216).

No strategy uses dropout: frozen parts must give the same activations in every epoch to be computed once, and on a repository's
few pairs early stopping on the validation loss already guards against overfitting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeVar

from bespoke_trainer.base_model_folder import BaseModelFolder
from bespoke_trainer.families.seam import Family
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.run_spec import TrainingOptions

_T = TypeVar("_T")

# `low-rank` is how base models are tuned (base_tuning.py), not a strategy of personalization.
StrategyName = Literal["custom", "embeddings-output", "last-decoder-block", "prefix", "telly", "low-rank"]


@dataclass(frozen=True)
class Hyperparameters:
    """How a run is trained, every field set."""

    seed: int
    learning_rate: float
    max_epochs: int
    batch_size: int
    patience: int
    checkpoint_every_steps: int
    # Virtual tokens; None unless the strategy is prefix.
    prefix_length: int | None = None
    # Bottom blocks frozen; None unless the strategy is telly.
    frozen_blocks: int | None = None


@dataclass(frozen=True)
class Strategy:
    """One row of the table."""

    name: StrategyName
    # Names of the base's parameters that are trained and saved, in a fixed order.
    trained_parameters: Callable[[Family, Hyperparameters], list[str]]
    # Blocks at the bottom whose output never changes, with everything below them; None: nothing at the bottom is fixed.
    fixed_blocks: Callable[[Family, Hyperparameters], int | None]
    learning_rate: float
    max_epochs: int
    batch_size: int
    patience: int
    # Whether virtual tokens are trained beside (here: instead of) the base's parameters.
    has_prefix: bool = False


def _all_parameters(family: Family, _: Hyperparameters) -> list[str]:
    return [name for name, _ in family.model.named_parameters()]


def _embeddings_and_output(family: Family, _: Hyperparameters) -> list[str]:
    return list(dict.fromkeys([*family.embedding_parameters(), *family.output_parameters()]))


def _last_block(family: Family, _: Hyperparameters) -> list[str]:
    return family.block_parameters(len(family.block_names) - 1)


def _above_frozen_blocks(family: Family, hyperparameters: Hyperparameters) -> list[str]:
    assert hyperparameters.frozen_blocks is not None
    return family.parameters_above(hyperparameters.frozen_blocks)


def _nothing(*_: object) -> None:
    return None


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("custom", _all_parameters, _nothing, 5e-5, 5, 8, 1),
        Strategy("embeddings-output", _embeddings_and_output, _nothing, 5e-4, 8, 8, 2),
        Strategy(
            "last-decoder-block",
            _last_block,
            lambda family, _: len(family.block_names) - 1,
            1e-3,
            3,
            4,
            1,
        ),
        Strategy("prefix", lambda *_: [], _nothing, 5e-3, 10, 8, 2, has_prefix=True),
        Strategy("telly", _above_frozen_blocks, lambda _, chosen: chosen.frozen_blocks, 3e-4, 6, 8, 1),
    )
}



def strategy_for(name: str, base: BaseModelFolder) -> Strategy:
    """A row of the table, trained as the base says where it says so: a small base takes larger steps, and more of them."""
    own = base.training_defaults.get(name)
    return STRATEGIES[name] if own is None else replace(STRATEGIES[name], **asdict(own))


# P's prefix length.
DEFAULT_PREFIX_LENGTH = 200
# Share of the blocks that telly trains by default, from the top.
_TELLY_TRAINED_SHARE = 0.2
_CHECKPOINT_EVERY_STEPS = 20


def hyperparameters_of(strategy: Strategy, family: Family, options: TrainingOptions) -> Hyperparameters:
    """The user's options over the strategy's defaults. Raises RunFailure `invalid-spec` for what the model cannot do."""
    blocks = len(family.block_names)
    frozen_blocks = None
    if strategy.name == "telly":
        frozen_blocks = options.frozen_blocks
        if frozen_blocks is None:
            frozen_blocks = blocks - max(1, round(blocks * _TELLY_TRAINED_SHARE))
        if frozen_blocks >= blocks:
            raise RunFailure(
                "invalid-spec",
                f"Telly cannot freeze {frozen_blocks} blocks because the base model has {blocks}; "
                f"set frozenBlocks to at most {blocks - 1}.",
            )
    return Hyperparameters(
        seed=_first(options.seed, 0),
        learning_rate=_first(options.learning_rate, strategy.learning_rate),
        max_epochs=_first(options.max_epochs, strategy.max_epochs),
        batch_size=_first(options.batch_size, strategy.batch_size),
        patience=_first(options.patience, strategy.patience),
        checkpoint_every_steps=_first(options.checkpoint_every_steps, _CHECKPOINT_EVERY_STEPS),
        prefix_length=_first(options.prefix_length, DEFAULT_PREFIX_LENGTH) if strategy.has_prefix else None,
        frozen_blocks=frozen_blocks,
    )


def _first(chosen: _T | None, default: _T) -> _T:
    return default if chosen is None else chosen
