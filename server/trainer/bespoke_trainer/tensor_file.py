"""Safetensors files with a checksum, written tensor by tensor so that a large state needs no second copy in memory."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from bespoke_trainer.atomic_files import atomic_file

_TYPE_NAMES = {
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def type_name(tensor: torch.Tensor) -> str:
    """The safetensors name of a tensor's type, for instance `F32`."""
    return _TYPE_NAMES[tensor.dtype]


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, Any] | None = None) -> None:
    """Writes a safetensors file atomically. `metadata` is kept as JSON beside the SHA-256 of the tensors' bytes.

    The safetensors package raises its own error on a full disk; writing here keeps the operating system's, which tells why.
    """
    # Large types first keep every tensor aligned, as the format asks for.
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header: dict[str, Any] = {}
    offset = 0
    digest = hashlib.sha256()
    for name in order:
        tensor = tensors[name]
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": type_name(tensor),
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
        digest.update(_bytes_of(tensor))
    header["__metadata__"] = {"format": "pt", "sha256": digest.hexdigest(), "content": json.dumps(metadata or {})}
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with atomic_file(path) as file:
        file.write(struct.pack("<Q", len(encoded)))
        file.write(encoded)
        for name in order:
            file.write(_bytes_of(tensors[name]))


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """The tensors and the metadata of a file, or None when it is missing, damaged or not written by `write_tensors`."""
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            stored = file.metadata() or {}
            # Cloned: tensors of a memory map would lie at addresses whose alignment changes sums from run to run.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}
    except (SafetensorError, OSError):
        return None
    digest = hashlib.sha256()
    for name in sorted(tensors, key=lambda name: (-tensors[name].element_size(), name)):
        digest.update(_bytes_of(tensors[name]))
    if stored.get("sha256") != digest.hexdigest():
        return None
    return tensors, json.loads(stored["content"])


def _bytes_of(tensor: torch.Tensor) -> memoryview:
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return memoryview(flat.view(torch.uint8).numpy()) if flat.numel() else memoryview(b"")
