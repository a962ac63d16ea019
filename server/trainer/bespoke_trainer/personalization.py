"""One personalization run from its specification to the adapter folder, top to bottom."""

from __future__ import annotations

from functools import partial
from typing import Any

from bespoke_trainer.adapter_folder import write_adapter
from bespoke_trainer.base_model_folder import WEIGHTS
from bespoke_trainer.block_changes import block_changes
from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.checkpoints import Checkpoints
from bespoke_trainer.compute import PETA
from bespoke_trainer.learner import Learner
from bespoke_trainer.measuring import measure
from bespoke_trainer.memorization import given_back, memorization_of, memorization_sample
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.run_spec import RunSpec
from bespoke_trainer.strategies import hyperparameters_of, strategy_for
from bespoke_trainer.training import Training
from bespoke_trainer.work_folder import keep, read_kept
from bespoke_trainer.workbench import Workbench


class Personalization:
    """One run. `step` is the number of optimizer steps done, also when the run ends early."""

    def __init__(self, spec: RunSpec, events: RunEvents, cancellation: Cancellation, threads: int) -> None:
        self._spec = spec
        self._events = events
        self._cancellation = cancellation
        self._threads = threads
        self._training: Training | None = None

    @property
    def step(self) -> int:
        return 0 if self._training is None else self._training.progress.step

    def run(self) -> None:
        """Runs to the end. Raises RunFailure, RunCancellation, or what the system raised (failures.py names it)."""
        self._raise_if_cancelled()

        # Load.
        self._events.stage_started("load", "Check and load the base model and the training examples.")
        bench = Workbench(self._spec, self._threads, self._raise_if_cancelled)
        examples = bench.examples
        strategy = strategy_for(self._spec.strategy, bench.folder)
        hyperparameters = hyperparameters_of(strategy, bench.family, self._spec.options)
        learner = Learner(bench.family, strategy, hyperparameters, examples, bench.folder.path / WEIGHTS, bench.generic_prefix)
        self._raise_if_cancelled()
        fingerprint = bench.fingerprint(self._spec.fingerprint(), examples.sha256)

        # Compute frozen parts once.
        if learner.fixed_blocks and self._spec.options.cache_activations is not False:
            blocks = f"{learner.fixed_blocks} of {len(learner.family.block_names)} blocks"
            detail = f"Compute {blocks} once for {len(examples.all())} pairs."
            self._events.stage_started("cache-activations", detail)
            tell = partial(self._events.stage_progress, "cache-activations")
            bench.cache_activations(self._spec, learner, examples, tell)

        # Measure the base.
        if examples.held_out:
            self._measure_base(bench, learner, fingerprint)

        # Train.
        self._training = Training(
            learner,
            examples,
            Checkpoints(self._spec.work_dir, fingerprint),
            self._events,
            bench.tokens_at_once,
            self._raise_if_cancelled,
        )
        self._training.resume()
        steps = self._training.max_steps
        detail = f"Train {learner.strategy.name} on {len(examples.train)} pairs, at most {steps} steps."
        self._events.stage_started("train", detail)
        self._training.train()

        # Measure the personalized model, then keep it.
        detail = "Measure the personalized model, and what it gives back of its training pairs."
        self._events.stage_started("measure-personalized", detail)
        if examples.held_out:
            for split, measurement in self._measure_held_out(bench, learner).items():
                self._events.held_out_measured(True, split, measurement)
        memorization = self._measure_memorization(bench, learner, self._training)
        self._events.stage_started("write-adapter", "Write the adapter folder.")
        self._write_adapter(bench, learner, memorization)

    def _measure_base(self, bench: Workbench, learner: Learner, fingerprint: str) -> None:
        """Measures the base on the held-out pairs, or repeats what an earlier process of this run measured."""
        self._events.stage_started("measure-base", "Measure the base model on the held-out pairs.")
        file = self._spec.work_dir / "measured-base.json"
        measurements = read_kept(file, fingerprint)
        if measurements is None:
            measurements = self._measure_held_out(bench, learner, with_prefix=False)
            keep(file, fingerprint, measurements)
        for split, measurement in measurements.items():
            self._events.held_out_measured(False, split, measurement)

    def _measure_held_out(self, bench: Workbench, learner: Learner, with_prefix: bool = True) -> dict[str, Any]:
        """A message Measurement in proto JSON for each split."""
        return {
            split: measure(learner, pairs, bench.tokens_at_once, self._raise_if_cancelled, with_prefix).to_proto_json()
            for split, pairs in bench.examples.held_out.items()
        }

    def _measure_memorization(self, bench: Workbench, learner: Learner, training: Training) -> dict[str, Any]:
        """The manifest's `memorization`. The base is measured at the end too: what a killed process measured is measured again."""
        sample = memorization_sample(bench.examples.train, learner.hyperparameters.seed)
        measure_now = partial(given_back, learner, sample, bench.tokens_at_once, self._raise_if_cancelled)
        personalized = measure_now()
        learner.load_trained(learner.start_tensors())
        base = measure_now(with_prefix=False)
        training.restore_best()
        return memorization_of(sample, personalized, base)

    def _write_adapter(self, bench: Workbench, learner: Learner, memorization: dict[str, Any]) -> None:
        assert self._training is not None
        folder = bench.folder
        progress = self._training.progress
        tensors = {name: parameter.detach().cpu() for name, parameter in learner.trained.items()}
        trained_parameters = sum(tensor.numel() for tensor in tensors.values())
        chosen = learner.hyperparameters
        description = {
            "runId": self._spec.run_id,
            "strategy": learner.strategy.name,
            "family": folder.family,
            "baseModelSha256": folder.sha256,
            "corpusSha256": self._spec.corpus_sha256,
            "trainedParameters": trained_parameters,
            "prefixLength": chosen.prefix_length,
            "frozenBlocks": chosen.frozen_blocks,
            "options": {
                "seed": chosen.seed,
                "learningRate": chosen.learning_rate,
                "maxEpochs": chosen.max_epochs,
                "batchSize": chosen.batch_size,
                "patience": chosen.patience,
                "computeType": bench.compute_type,
            },
            "metrics": {
                "bestValidationLoss": progress.best_validation_loss,
                "bestStep": progress.best_step,
                "steps": progress.step,
                "epochs": float(progress.epoch),
                "trainingSeconds": round(progress.training_seconds, 3),
                "petaflopSeconds": learner.operations / PETA,
            },
            "memorization": memorization,
        }
        written = write_adapter(self._spec.adapter_dir, tensors, description)
        self._events.adapter_written(
            byte_count=written.byte_count,
            trained_parameters=trained_parameters,
            base_parameters=folder.parameters,
            manifest_sha256=written.manifest_sha256,
            training_seconds=progress.training_seconds,
            block_changes=block_changes(learner.family, learner.start_tensors(), tensors),
        )

    def _raise_if_cancelled(self) -> None:
        self._cancellation.raise_if_requested()
