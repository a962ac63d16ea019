"""One personalization run from its specification to the adapter folder, top to bottom."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import torch

from bespoke_trainer.activation_cache import ActivationCache
from bespoke_trainer.adapter_folder import write_adapter
from bespoke_trainer.base_model_folder import WEIGHTS, BaseModelFolder, load_model, open_base_model_folder
from bespoke_trainer.block_changes import block_changes
from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.checkpoints import Checkpoints
from bespoke_trainer.compute import PETA
from bespoke_trainer.examples import Examples, in_groups, read_examples
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.families import family_of
from bespoke_trainer.hardware import best_compute_type
from bespoke_trainer.learner import Learner
from bespoke_trainer.measuring import measure
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.run_spec import RunSpec
from bespoke_trainer.strategies import STRATEGIES, hyperparameters_of
from bespoke_trainer.training import Training
from bespoke_trainer.work_folder import keep, read_kept

# Tokens of one forward and backward pass: large enough for full speed, small enough for the memory of a laptop.
_TOKENS_AT_ONCE = {"cpu": 2048, "cuda": 16384}
_FROZEN_GROUP_FACTOR = 4
_COMPUTE_TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Personalization:
    """One run. `step` is the number of optimizer steps done, also when the run ends early."""

    def __init__(self, spec: RunSpec, events: RunEvents, cancellation: Cancellation, threads: int) -> None:
        self._spec = spec
        self._events = events
        self._cancellation = cancellation
        self._threads = threads
        self._training: Training | None = None
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._tokens_at_once = _TOKENS_AT_ONCE[self._device.type]
        self._compute_type = spec.options.compute_type or best_compute_type()

    @property
    def step(self) -> int:
        return 0 if self._training is None else self._training.progress.step

    def run(self) -> None:
        """Runs to the end. Raises RunFailure, RunCancellation, or what the system raised (failures.py names it)."""
        _make_deterministic(self._threads)
        self._raise_if_cancelled()

        # Load.
        self._events.stage_started("load", "Check and load the base model and the training examples.")
        folder = open_base_model_folder(self._spec.base_model_dir)
        examples = read_examples(self._spec.examples_file, folder.vocabulary)
        learner = self._load(folder, examples)
        self._raise_if_cancelled()
        identity = [folder.sha256, self._compute_type, str(self._threads), self._device.type, torch.__version__]
        fingerprint = _hash_of([self._spec.fingerprint(), examples.sha256, *identity])

        # Compute frozen parts once.
        if learner.fixed_blocks and self._spec.options.cache_activations is not False:
            self._cache_activations(learner, examples, _hash_of([*identity, str(learner.fixed_blocks)]))

        # Measure the base.
        if examples.held_out:
            self._measure_base(learner, examples, fingerprint)

        # Train.
        self._training = Training(
            learner,
            examples,
            Checkpoints(self._spec.work_dir, fingerprint),
            self._events,
            self._tokens_at_once,
            self._raise_if_cancelled,
        )
        self._training.resume()
        steps = self._training.max_steps
        detail = f"Train {learner.strategy.name} on {len(examples.train)} pairs, at most {steps} steps."
        self._events.stage_started("train", detail)
        self._training.train()

        # Measure the personalized model, then keep it.
        if examples.held_out:
            self._events.stage_started("measure-personalized", "Measure the personalized model on the held-out pairs.")
            for split, measurement in self._measure_held_out(learner, examples).items():
                self._events.held_out_measured(True, split, measurement)
        self._events.stage_started("write-adapter", "Write the adapter folder.")
        self._write_adapter(learner, folder)

    def _load(self, folder: BaseModelFolder, examples: Examples) -> Learner:
        model = load_model(folder.path).to(self._device)
        family = family_of(model, folder.tokens, _COMPUTE_TYPES[self._compute_type])
        most = family.longest_rows()
        if most is not None and any(example.tokens + 1 > most for example in examples.all() if not family.encoder_blocks):
            raise RunFailure(
                "invalid-spec",
                f"An example is longer than the base model's {most} positions; set a smaller input budget.",
            )
        strategy = STRATEGIES[self._spec.strategy]
        hyperparameters = hyperparameters_of(strategy, family, self._spec.options)
        return Learner(family, strategy, hyperparameters, examples, folder.path / WEIGHTS)

    def _cache_activations(self, learner: Learner, examples: Examples, identity: str) -> None:
        cache = ActivationCache(self._spec.work_dir / "activations", identity)
        # Neighbours in this order have the longest beginnings in common. Without gradients there is memory for larger groups.
        ordered = sorted(examples.all(), key=lambda example: (example.source, example.target))
        groups = in_groups(ordered, _FROZEN_GROUP_FACTOR * self._tokens_at_once)
        blocks = f"{learner.fixed_blocks} of {len(learner.family.block_names)} blocks"
        self._events.stage_started("cache-activations", f"Compute {blocks} once for {len(ordered)} pairs.")
        started = time.monotonic()
        done = 0
        for group in groups:
            learner.fill_cache(group, cache, self._raise_if_cancelled)
            done += len(group)
            eta_seconds = (time.monotonic() - started) / done * (len(ordered) - done)
            self._events.stage_progress("cache-activations", done, len(ordered), eta_seconds)
        learner.cache = cache

    def _measure_base(self, learner: Learner, examples: Examples, fingerprint: str) -> None:
        """Measures the base on the held-out pairs, or repeats what an earlier process of this run measured."""
        self._events.stage_started("measure-base", "Measure the base model on the held-out pairs.")
        file = self._spec.work_dir / "measured-base.json"
        measurements = read_kept(file, fingerprint)
        if measurements is None:
            measurements = self._measure_held_out(learner, examples, with_prefix=False)
            keep(file, fingerprint, measurements)
        for split, measurement in measurements.items():
            self._events.held_out_measured(False, split, measurement)

    def _measure_held_out(self, learner: Learner, examples: Examples, with_prefix: bool = True) -> dict[str, Any]:
        """A message Measurement in proto JSON for each split."""
        return {
            split: measure(learner, pairs, self._tokens_at_once, self._raise_if_cancelled, with_prefix).to_proto_json()
            for split, pairs in examples.held_out.items()
        }

    def _write_adapter(self, learner: Learner, folder: BaseModelFolder) -> None:
        assert self._training is not None
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
                "computeType": self._compute_type,
            },
            "metrics": {
                "bestValidationLoss": progress.best_validation_loss,
                "bestStep": progress.best_step,
                "steps": progress.step,
                "epochs": float(progress.epoch),
                "trainingSeconds": round(progress.training_seconds, 3),
                "petaflopSeconds": learner.operations / PETA,
            },
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


def _make_deterministic(threads: int) -> None:
    """The same run gives the same bits on a CPU: fixed threads, deterministic kernels, no fast approximations of fp32.

    On a GPU it is as deterministic as its kernels are: some, such as attention's backward pass with a mask, have no such form.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(0)


def _hash_of(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
