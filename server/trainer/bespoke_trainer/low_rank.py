"""Low-rank changes of a base model's matrices (LoRA, arXiv 2106.09685): how the shipped bases are tuned and kept.

Each linear layer of every block computes `W x + up (down x)`. `down` is [rank, inputs], `up` [outputs, rank]; a change is shipped
as these factors and added to the pinned weights once, at set-up, so that nothing that runs the model knows of it.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from bespoke_trainer.failures import RunFailure
from bespoke_trainer.tensor_file import read_tensors, write_tensors

# A piece stays below what repositories of source code store well.
_MOST_PIECE_BYTES = 15 * 1024 * 1024


class LowRank(nn.Module):
    """One layer's change. It starts as none: `up` is zero."""

    def __init__(self, layer: nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        start = torch.randn(rank, layer.in_features, generator=generator) / layer.in_features**0.5
        self.down = nn.Parameter(start)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, rows: torch.Tensor, compute_type: torch.dtype) -> torch.Tensor:
        """`rows` [rows, inputs] to [rows, outputs], in the compute type."""
        inner = F.linear(rows.to(compute_type), self.down.to(compute_type))
        return F.linear(inner, self.up.to(compute_type))


def attach_low_rank(model: nn.Module, parameter_names: list[str], rank: int, seed: int) -> list[str]:
    """Gives every linear layer among the named parameters a change to train. Returns the names of the new parameters."""
    generator = torch.Generator().manual_seed(seed)
    names = []
    for name in parameter_names:
        layer_name = name.removesuffix(".weight")
        layer = model.get_submodule(layer_name) if name.endswith(".weight") else None
        if isinstance(layer, nn.Linear):
            layer.low_rank = LowRank(layer, rank, generator)
            names += [f"{layer_name}.low_rank.down", f"{layer_name}.low_rank.up"]
    return names


def write_low_rank(folder: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, object]) -> list[Path]:
    """Writes the factors in bf16, in pieces `part-NN.safetensors` of at most 15 MiB."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[dict[str, torch.Tensor]] = [{}]
    room = _MOST_PIECE_BYTES
    for name, tensor in tensors.items():
        rounded = tensor.detach().to(torch.bfloat16)
        size = rounded.numel() * rounded.element_size()
        if size > room:
            pieces.append({})
            room = _MOST_PIECE_BYTES
        pieces[-1][name] = rounded
        room -= size
    files = [folder / f"part-{number:02d}.safetensors" for number in range(1, len(pieces) + 1)]
    for file, piece in zip(files, pieces):
        write_tensors(file, piece, metadata)
    return files


@torch.no_grad()
def apply_low_rank(model: nn.Module, folder: Path) -> None:
    """Adds the factors of a folder to the model's matrices. Raises RunFailure `invalid-base-model` when they do not fit it."""
    factors: dict[str, torch.Tensor] = {}
    for file in sorted(folder.glob("part-*.safetensors")):
        stored = read_tensors(file)
        if stored is None:
            raise _invalid(folder, f"{file.name} is damaged")
        factors |= stored[0]
    parameters = dict(model.named_parameters())
    layers = sorted({name.rsplit(".low_rank.", 1)[0] for name in factors})
    if not layers:
        raise _invalid(folder, "it holds no part-NN.safetensors")
    for layer in layers:
        weight = parameters.get(f"{layer}.weight")
        down, up = factors.get(f"{layer}.low_rank.down"), factors.get(f"{layer}.low_rank.up")
        if weight is None or down is None or up is None or (len(up), down.shape[1]) != tuple(weight.shape):
            raise _invalid(folder, f"its factors of {layer} do not fit the base model")
        weight += up.float() @ down.float()


def _invalid(folder: Path, cause: str) -> RunFailure:
    return RunFailure("invalid-base-model", f"The tuning in {folder} cannot be applied: {cause}; fetch the folder again.")
