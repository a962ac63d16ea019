"""Writes the adapter folder, format 1 (server/ADAPTER_FORMAT.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bespoke_trainer.atomic_files import atomic_folder, sha256_of_file
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.tensor_file import type_name, write_tensors

FORMAT = 1
TENSORS = "adapter.safetensors"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class WrittenAdapter:
    """What the server wants to know of a complete adapter folder."""

    byte_count: int
    manifest_sha256: str


def write_adapter(folder: Path, tensors: dict[str, torch.Tensor], description: dict[str, Any]) -> WrittenAdapter:
    """Writes tensors and manifest; the folder appears complete or not at all.

    `description` holds the manifest's fields that the tensors do not tell. A complete folder of the same run is kept: the process
    that wrote it died before it could say so.
    """
    if folder.exists():
        written = _written_by_run(folder, description["runId"])
        if written is None:
            raise RunFailure(
                "invalid-spec",
                f"The adapter folder {folder} already exists and belongs to another run; choose a folder that does not exist.",
            )
        return written
    with atomic_folder(folder) as temporary:
        write_tensors(temporary / TENSORS, tensors)
        manifest = {
            "format": FORMAT,
            **description,
            "tensors": {
                name: {"shape": list(tensor.shape), "dtype": type_name(tensor)} for name, tensor in tensors.items()
            },
            "files": {
                TENSORS: {
                    "sha256": sha256_of_file(temporary / TENSORS),
                    "bytes": (temporary / TENSORS).stat().st_size,
                }
            },
        }
        (temporary / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return _description_of(folder)


def _written_by_run(folder: Path, run_id: str) -> WrittenAdapter | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_complete = manifest["files"][TENSORS]["sha256"] == sha256_of_file(folder / TENSORS)
        return _description_of(folder) if manifest["runId"] == run_id and is_complete else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _description_of(folder: Path) -> WrittenAdapter:
    size = sum((folder / name).stat().st_size for name in (TENSORS, MANIFEST))
    return WrittenAdapter(size, sha256_of_file(folder / MANIFEST))
