"""Shapes of a safetensors file, from its header alone."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from bespoke_trainer.onnx_export.unsupported import UnsupportedModel


def read_shapes(path: Path) -> dict[str, list[int]]:
    """The shape of every tensor. Raises UnsupportedModel when a tensor is not fp32, as a base-model folder's are."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise UnsupportedModel(
                f"The tensor {name} has type {entry['dtype']} but a base model holds fp32; convert the weights and export again."
            )
    return {name: entry["shape"] for name, entry in header.items()}
