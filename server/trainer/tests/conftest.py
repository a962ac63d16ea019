"""Fixtures of all tests: a tiny base model per architecture, built once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

# Before PyTorch is imported: tiny matrices are slower on two threads than on one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from tiny_runs import tiny_base_model


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The base-model folder of an architecture."""
    folders: dict[str, Path] = {}

    def folder_of(architecture: str) -> Path:
        if architecture not in folders:
            folders[architecture] = tiny_base_model(architecture, tmp_path_factory.mktemp("base") / architecture)
        return folders[architecture]

    return folder_of
