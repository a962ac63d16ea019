"""Short trainings with several strategies, from which the server chooses one: `auto`.

A probe is the first epoch of a training on some of the pairs: the same learner, loss and schedule as in a run whose repository has no
more pairs than that. The base is loaded once and put back after each probe. Nothing is kept on disk but activations, for as long as a
probe takes; a process that is killed leaves the probes that it told of, and the server asks for the others only.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass

import torch

from bespoke_trainer.base_model_folder import WEIGHTS
from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.checkpoints import NoCheckpoints
from bespoke_trainer.compute import PETA
from bespoke_trainer.examples import Example, Examples, in_groups
from bespoke_trainer.failures import failure_of
from bespoke_trainer.learner import Learner
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.run_spec import RunSpec
from bespoke_trainer.strategies import hyperparameters_of, strategy_for
from bespoke_trainer.training import Training
from bespoke_trainer.workbench import Workbench

# What only says that one strategy does not come into question. Any other failure is that of the whole run.
_LEAVES_OUT = ("invalid-spec", "out-of-memory")
# Whoever leaves the choice to the server does not mean to wait for hours.
_MOST_MINUTES = 15.0


class StrategyProbes:
    """All probes of one specification."""

    def __init__(self, spec: RunSpec, events: RunEvents, cancellation: Cancellation, threads: int) -> None:
        assert spec.probe is not None
        self._spec = spec
        self._probe_spec = spec.probe
        self._events = events
        self._cancellation = cancellation
        self._threads = threads
        # Of the run's probes so far: what they took, and what they computed.
        self._seconds = spec.probe.earlier_seconds
        self._operations = spec.probe.earlier_petaflop_seconds * PETA

    @property
    def step(self) -> int:
        """Of the training, which has not begun."""
        return 0

    def run(self) -> None:
        """Probes one strategy after another. Raises RunFailure, RunCancellation, or what the system raised."""
        raise_if_cancelled = self._cancellation.raise_if_requested
        raise_if_cancelled()
        self._events.stage_started("load", "Check and load the base model and the training examples.")
        bench = Workbench(self._spec, self._threads, raise_if_cancelled)
        raise_if_cancelled()
        examples = self._some_of(bench.examples)
        strategies = self._probe_spec.strategies
        detail = f"Try {', '.join(strategies)} on {len(examples.train)} of {len(bench.examples.train)} pairs."
        self._events.stage_started("probe", detail)
        clock = _Clock(time.monotonic(), len(examples.train) * len(strategies))
        for number, name in enumerate(strategies):
            clock.done_before = number * len(examples.train)
            try:
                self._probe(bench, examples, name, clock)
            except Exception as error:
                failure = failure_of(error)
                if failure.reason not in _LEAVES_OUT:
                    raise
                self._events.strategy_left_out(name, failure.reason, failure.message)

    def _probe(self, bench: Workbench, examples: Examples, name: str, clock: _Clock) -> None:
        started = time.monotonic()
        strategy = strategy_for(name, bench.folder)
        hyperparameters = hyperparameters_of(strategy, bench.family, self._spec.options)
        learner = Learner(bench.family, strategy, hyperparameters, examples, bench.folder.path / WEIGHTS, bench.generic_prefix)
        told = _ProbeEvents(self._events, started, clock, hyperparameters.batch_size, len(examples.train))
        try:
            minutes = self._whole_minutes(bench, learner, examples)
            if minutes > _MOST_MINUTES:
                told_why = f"Training with it would take about {minutes:.0f} minutes here; choose it in the settings to train with it all the same."
                self._events.strategy_left_out(name, "too-slow", told_why)
                return
            if learner.fixed_blocks and self._spec.options.cache_activations is not False:
                bench.cache_activations(self._spec, learner, examples, lambda *_: None)
            Training(
                learner, examples, NoCheckpoints(), told, bench.tokens_at_once, self._cancellation.raise_if_requested
            ).train_first_epoch()
            self._seconds += time.monotonic() - started
            self._operations += learner.operations
            trained_bytes = sum(tensor.numel() * tensor.element_size() for tensor in learner.trained.values())
        finally:
            learner.give_back_base()
            shutil.rmtree(self._spec.work_dir / "activations", ignore_errors=True)
        self._events.strategy_probed(name, len(examples.train), told.points, hyperparameters.max_epochs, trained_bytes)

    def _whole_minutes(self, bench: Workbench, learner: Learner, examples: Examples) -> float:
        """What a whole training would take at the speed of the probes so far, in minutes; 0 for the run's first, which has none to go by."""
        if self._operations == 0:
            return 0.0
        fixed, top = learner.fixed_blocks or 0, len(learner.family.block_names)
        once, each_epoch = 0.0, 0.0
        for chosen in in_groups(sorted(examples.train, key=lambda example: example.tokens), bench.tokens_at_once):
            group = learner.group(chosen)
            once += learner.compute.forward(group, 0, fixed)
            each_epoch += learner.compute.forward(group, fixed, top) + learner.compute.output(group)
            each_epoch += learner.compute.backward(group)
        share = len(examples.train) / len(bench.examples.train)
        operations = (once + each_epoch * learner.hyperparameters.max_epochs) / share
        return operations * self._seconds / self._operations / 60

    def _some_of(self, examples: Examples) -> Examples:
        """Pairs chosen by the seed, the same for every strategy and for a process that goes on."""
        seed = self._spec.options.seed or 0
        train = _chosen(examples.train, self._probe_spec.train_pairs, seed)
        validation = _chosen(examples.validation, self._probe_spec.validation_pairs, seed)
        return Examples(train, validation, {}, examples.sha256)


@dataclass
class _Clock:
    """How far all probes of this process are."""

    started: float
    total: int
    done_before: int = 0


class _ProbeEvents:
    """What a training tells, as progress of the probes and as the points of one of them."""

    def __init__(self, events: RunEvents, started: float, clock: _Clock, batch_size: int, train_pairs: int) -> None:
        self.points: list[dict[str, float]] = []
        self._events = events
        self._started = started
        self._clock = clock
        self._batch_size = batch_size
        self._train_pairs = train_pairs

    def training_progress(self, step: int, **_: float) -> None:
        done = self._clock.done_before + min(step * self._batch_size, self._train_pairs)
        seconds_per_pair = (time.monotonic() - self._clock.started) / done
        self._events.stage_progress("probe", done, self._clock.total, seconds_per_pair * (self._clock.total - done))

    def validation_measured(
        self, step: int, epoch: float, validation_loss: float, best: bool, petaflop_seconds: float
    ) -> None:
        seconds = time.monotonic() - self._started
        self.points.append(
            {"validationLoss": validation_loss, "petaflopSeconds": petaflop_seconds, "seconds": seconds}
        )

    def checkpoint_written(self, step: int) -> None:
        """A probe has none."""


def _chosen(examples: list[Example], most: int, seed: int) -> list[Example]:
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(seed)).tolist()
    return [examples[index] for index in sorted(order[:most])]
