"""A base model that is in memory before a run asks for it: loaded by a process that is forked for each run (ray_job.py)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.base_model_folder import WEIGHTS, BaseModelFolder, load_model, open_base_model_folder


@dataclass(frozen=True)
class HeldBase:
    """A checked folder and its model in CPU memory."""

    folder: BaseModelFolder
    _model: nn.Module
    # By which a file shows that it was replaced, for each file that was read.
    _files: list[tuple[int, ...]]
    # Where loading the model left the random numbers.
    _random_state: torch.Tensor

    def model(self) -> nn.Module:
        """The model, once: it is trained in place. Random numbers go on as after loading it from disk."""
        torch.set_rng_state(self._random_state)
        return self._model


_held: HeldBase | None = None


def hold_base(path: Path) -> None:
    """Loads the base of a folder for the processes that are forked from this one. Raises RunFailure `invalid-base-model`."""
    global _held
    files = _files_of(path)
    folder = open_base_model_folder(path)
    torch.manual_seed(0)
    model = load_model(path)
    _held = HeldBase(folder, model, files, torch.get_rng_state())


def held_base(path: Path) -> HeldBase | None:
    """What is held of exactly this folder as it is now: the same path, manifest and files; None when anything else is asked for."""
    if _held is None or _held.folder.path != path:
        return None
    with contextlib.suppress(OSError):
        if sha256_of_file(path / "manifest.json") == _held.folder.sha256 and _files_of(path) == _held._files:
            return _held
    return None


def _files_of(path: Path) -> list[tuple[int, ...]]:
    stats = [(path / name).stat() for name in ("config.json", WEIGHTS)]
    return [(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats]
