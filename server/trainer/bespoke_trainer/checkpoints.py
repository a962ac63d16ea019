"""What a restarted process goes on from: one file for the state, one for the best tensors so far.

Every random choice is made from the seed and the epoch (training.py), so the state of the random numbers and the position in the
examples are two integers: the epoch and the step in it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from bespoke_trainer.tensor_file import read_tensors, write_tensors


@dataclass
class Progress:
    """How far training is."""

    step: int = 0
    epoch: int = 0
    # Steps done in the current epoch.
    step_in_epoch: int = 0
    # Validation loss of the base, before the first step.
    base_validation_loss: float | None = None
    best_validation_loss: float | None = None
    # Step of the best validation loss; 0: the base, whose tensors are not written again.
    best_step: int = 0
    epochs_without_gain: int = 0
    is_finished: bool = False
    training_seconds: float = 0.0
    # Floating-point operations spent.
    operations: float = 0.0


class Checkpoints:
    """The checkpoint of one run in its work folder."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        """`fingerprint`: identity of spec, examples and base; a checkpoint of another one is not read."""
        self._folder = folder
        self._fingerprint = fingerprint
        self._state_file = folder / "checkpoint.safetensors"

    def write_best(self, step: int, tensors: dict[str, torch.Tensor]) -> None:
        """Keeps the best tensors under a name of their own, so that the last checkpoint's best stays until the next one."""
        write_tensors(self._best_file(step), tensors, {"fingerprint": self._fingerprint})

    def write(
        self, progress: Progress, trained: dict[str, torch.Tensor], optimizer: dict[str, torch.Tensor]
    ) -> None:
        """Writes a checkpoint that replaces the last one, then drops best tensors that none refers to."""
        tensors = {f"trained.{name}": tensor for name, tensor in trained.items()}
        tensors |= {f"optimizer.{name}": tensor for name, tensor in optimizer.items()}
        write_tensors(self._state_file, tensors, {"fingerprint": self._fingerprint, "progress": asdict(progress)})
        for file in self._folder.glob("best-*.safetensors"):
            if file != self._best_file(progress.best_step):
                file.unlink()

    def read(self) -> tuple[Progress, dict[str, torch.Tensor], dict[str, torch.Tensor]] | None:
        """Progress, trained tensors and optimizer state of the last checkpoint; None when there is none of this run."""
        stored = read_tensors(self._state_file)
        if stored is None or stored[1].get("fingerprint") != self._fingerprint:
            return None
        progress = Progress(**stored[1]["progress"])
        if progress.best_step > 0 and self.read_best(progress.best_step) is None:
            return None
        return progress, _under(stored[0], "trained."), _under(stored[0], "optimizer.")

    def read_best(self, step: int) -> dict[str, torch.Tensor] | None:
        """The best tensors, written at `step`."""
        stored = read_tensors(self._best_file(step))
        return None if stored is None or stored[1].get("fingerprint") != self._fingerprint else stored[0]

    def _best_file(self, step: int) -> Path:
        return self._folder / f"best-{step:06d}.safetensors"


class NoCheckpoints(Checkpoints):
    """For what is done anew when its process dies."""

    def __init__(self) -> None:
        super().__init__(Path(), "")

    def write_best(self, step: int, tensors: dict[str, torch.Tensor]) -> None:
        """Keeps nothing."""

    def write(
        self, progress: Progress, trained: dict[str, torch.Tensor], optimizer: dict[str, torch.Tensor]
    ) -> None:
        """Keeps nothing."""

    def read(self) -> None:
        return None


def _under(tensors: dict[str, torch.Tensor], start: str) -> dict[str, torch.Tensor]:
    return {name[len(start) :]: tensor for name, tensor in tensors.items() if name.startswith(start)}
