"""The training loop: epochs over the training pairs until the validation loss gains no more."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

import torch

from bespoke_trainer.checkpoints import Checkpoints, Progress
from bespoke_trainer.compute import PETA
from bespoke_trainer.examples import Example, Examples, in_groups
from bespoke_trainer.learner import Learner
from bespoke_trainer.measuring import measure

_GRADIENT_NORM_LIMIT = 1.0
# Shares of all steps: the learning rate rises over the first, then falls along a cosine to the second's part of the peak.
_WARM_UP_SHARE = 0.1
_FINAL_LEARNING_RATE_SHARE = 0.1
_BETAS = (0.9, 0.999)


class TrainingEvents(Protocol):
    """Who hears of a training: RunEvents, or a probe."""

    def training_progress(
        self,
        step: int,
        max_steps: int,
        epoch: float,
        loss: float,
        tokens_per_second: float,
        eta_seconds: float,
        petaflop_seconds: float,
    ) -> None: ...

    def validation_measured(
        self, step: int, epoch: float, validation_loss: float, best: bool, petaflop_seconds: float
    ) -> None: ...

    def checkpoint_written(self, step: int) -> None: ...


class Training:
    """One run's training: trained tensors, optimizer and progress, resumable after any step."""

    def __init__(
        self,
        learner: Learner,
        examples: Examples,
        checkpoints: Checkpoints,
        events: TrainingEvents,
        tokens_at_once: int,
        raise_if_cancelled: Callable[[], None],
    ) -> None:
        self.progress = Progress()
        self._learner = learner
        self._examples = examples
        self._checkpoints = checkpoints
        self._events = events
        self._tokens_at_once = tokens_at_once
        self._raise_if_cancelled = raise_if_cancelled
        self._options = learner.hyperparameters
        self._parameters = list(learner.trained.values())
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=self._options.learning_rate, betas=_BETAS, weight_decay=0.0, foreach=False
        )
        self._steps_per_epoch = math.ceil(len(examples.train) / self._options.batch_size)
        self.max_steps = self._steps_per_epoch * self._options.max_epochs
        self._clock = time.monotonic()

    def resume(self) -> bool:
        """Goes on from the last checkpoint; False when there is none."""
        stored = self._checkpoints.read()
        if stored is None:
            return False
        self.progress, trained, optimizer = stored
        self._learner.load_trained(trained)
        self._learner.operations = self.progress.operations
        self._load_optimizer(optimizer)
        return True

    def train(self) -> None:
        """Trains to the best validation loss and leaves the learner with its tensors."""
        self._begin()
        while not self.progress.is_finished:
            self._train_epoch()
        self.restore_best()

    def train_first_epoch(self) -> None:
        """What a probe needs of a training: the base's validation loss, and that after the first epoch."""
        self._begin()
        self._train_epoch()

    def restore_best(self) -> None:
        """Gives the learner the tensors of the best validation loss. Raises OSError when they vanished from the work folder."""
        best = None
        if self.progress.best_step > 0:
            best = self._checkpoints.read_best(self.progress.best_step)
            if best is None:
                raise OSError("the best tensors vanished from the work folder")
        self._learner.load_trained(self._learner.start_tensors() if best is None else best)

    def _begin(self) -> None:
        self._clock = time.monotonic()
        if self.progress.best_validation_loss is None:
            self._validate_base()
            self._write_checkpoint()

    def _train_epoch(self) -> None:
        progress = self.progress
        order = self._epoch_order(progress.epoch)
        while progress.step_in_epoch < self._steps_per_epoch:
            start = progress.step_in_epoch * self._options.batch_size
            self._step([self._examples.train[i] for i in order[start : start + self._options.batch_size]])
            if progress.step % self._options.checkpoint_every_steps == 0:
                self._write_checkpoint()
        progress.epoch += 1
        progress.step_in_epoch = 0
        self._validate()
        progress.is_finished = (
            progress.epoch >= self._options.max_epochs or progress.epochs_without_gain >= self._options.patience
        )
        self._write_checkpoint()

    def learning_rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0: linear warm-up, then a cosine."""
        warm_up = max(1, round(self.max_steps * _WARM_UP_SHARE))
        if step < warm_up:
            return self._options.learning_rate * (step + 1) / warm_up
        share = (step - warm_up) / max(1, self.max_steps - warm_up)
        cosine = 0.5 * (1 + math.cos(math.pi * share))
        return self._options.learning_rate * (
            _FINAL_LEARNING_RATE_SHARE + (1 - _FINAL_LEARNING_RATE_SHARE) * cosine
        )

    def _step(self, batch: list[Example]) -> None:
        """One optimizer step: the mean loss over all target tokens of the batch, group by group."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate(self.progress.step)
        self._optimizer.zero_grad(set_to_none=True)
        target_tokens = sum(example.taught_tokens for example in batch)
        loss_sum = 0.0
        for chosen in in_groups(sorted(batch, key=lambda example: example.tokens), self._tokens_at_once):
            self._raise_if_cancelled()
            group = self._learner.group(chosen)
            loss = self._learner.losses(group).sum() / target_tokens
            loss.backward()
            self._learner.operations += self._learner.compute.backward(group)
            loss_sum += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self._parameters, _GRADIENT_NORM_LIMIT, foreach=False)
        self._optimizer.step()
        self.progress.step += 1
        self.progress.step_in_epoch += 1
        self._report_step(loss_sum, sum(example.tokens for example in batch))

    def _report_step(self, loss: float, tokens: int) -> None:
        progress = self.progress
        seconds = self._take_time()
        rate = tokens / max(seconds, 1e-9)
        seconds_per_step = progress.training_seconds / progress.step
        self._events.training_progress(
            step=progress.step,
            max_steps=self.max_steps,
            epoch=progress.epoch + progress.step_in_epoch / self._steps_per_epoch,
            loss=loss,
            tokens_per_second=rate,
            eta_seconds=seconds_per_step * (self.max_steps - progress.step),
            petaflop_seconds=self._learner.operations / PETA,
        )

    def _validate_base(self) -> None:
        """The losses to beat, before the first step: the base's, and that of what training starts from.

        They are the same unless there is a prefix: real words' activations before the input are no gain by themselves.
        """
        progress = self.progress
        base = self._measure_validation(with_prefix=False)
        progress.base_validation_loss = base
        progress.best_validation_loss = self._measure_validation() if self._learner.strategy.has_prefix else base
        self._take_time()
        self._events.validation_measured(0, 0.0, base, True, self._learner.operations / PETA)

    def _validate(self) -> None:
        progress = self.progress
        loss = self._measure_validation()
        assert progress.best_validation_loss is not None and progress.base_validation_loss is not None
        if loss < progress.best_validation_loss:
            progress.best_validation_loss = loss
            progress.best_step = progress.step
            progress.epochs_without_gain = 0
            trained = {name: parameter.detach() for name, parameter in self._learner.trained.items()}
            self._checkpoints.write_best(progress.step, trained)
        else:
            progress.epochs_without_gain += 1
        self._take_time()
        is_best = progress.best_step == progress.step and loss < progress.base_validation_loss
        self._events.validation_measured(
            progress.step, float(progress.epoch), loss, is_best, self._learner.operations / PETA
        )

    def _measure_validation(self, with_prefix: bool = True) -> float:
        return measure(
            self._learner, self._examples.validation, self._tokens_at_once, self._raise_if_cancelled, with_prefix
        ).loss

    def _write_checkpoint(self) -> None:
        self._take_time()
        self.progress.operations = self._learner.operations
        trained = {name: parameter.detach() for name, parameter in self._learner.trained.items()}
        self._checkpoints.write(self.progress, trained, self._optimizer_state())
        self._events.checkpoint_written(self.progress.step)

    def _epoch_order(self, epoch: int) -> list[int]:
        """The order of the training pairs, from the seed and the epoch alone."""
        generator = torch.Generator().manual_seed(self._options.seed * 1_000_003 + epoch)
        return torch.randperm(len(self._examples.train), generator=generator).tolist()

    def _take_time(self) -> float:
        """Adds the seconds since the last call to the training time and returns them."""
        now = time.monotonic()
        seconds, self._clock = now - self._clock, now
        self.progress.training_seconds += seconds
        return seconds

    def _optimizer_state(self) -> dict[str, torch.Tensor]:
        states = self._optimizer.state_dict()["state"]
        return {f"{index}.{key}": value for index, state in states.items() for key, value in state.items()}

    def _load_optimizer(self, tensors: dict[str, torch.Tensor]) -> None:
        state: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in tensors.items():
            index, key = name.split(".", 1)
            state.setdefault(int(index), {})[key] = tensor
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": state, "param_groups": groups})
