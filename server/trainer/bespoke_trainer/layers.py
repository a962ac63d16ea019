"""Layers as both families use them: matrix products in the compute type, norms and residuals in fp32."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.weak import WeakTensorKeyDictionary

# Rounded copies of frozen matrices, so that they are rounded once and not in every forward pass.
_rounded = WeakTensorKeyDictionary()


def linear(layer: nn.Linear, rows: torch.Tensor, compute_type: torch.dtype) -> torch.Tensor:
    """`rows` [rows, D] times the layer's weight, in the compute type, with the layer's low-rank change where it has one."""
    bias = None if layer.bias is None else layer.bias.to(compute_type)
    product = F.linear(rows.to(compute_type), rounded_once(layer.weight, compute_type), bias)
    low_rank = getattr(layer, "low_rank", None)
    return product if low_rank is None else product + low_rank(rows, compute_type)


def rounded_once(weight: torch.Tensor, compute_type: torch.dtype) -> torch.Tensor:
    """A weight in the compute type. A trained one stays fp32 and is rounded in each pass, so that its gradient is fp32."""
    if weight.requires_grad or weight.dtype == compute_type:
        return weight.to(compute_type)
    if weight not in _rounded:
        _rounded[weight] = weight.detach().to(compute_type)
    return _rounded[weight]


def norm(layer: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """The layer's norm in fp32: LayerNorm, or the root-mean-square norms of Llama, Qwen2 and T5.

    The latter written out: PyTorch's own takes four times as long on a CPU.
    """
    if isinstance(layer, nn.LayerNorm):
        return layer(rows)
    mean_square = rows.square().mean(-1, keepdim=True)
    return rows * torch.rsqrt(mean_square + layer.variance_epsilon) * layer.weight
