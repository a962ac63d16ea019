"""What the output layer says of target tokens alone, without ever holding the logits of all rows: the loss, and greedy hits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

# Rows whose logits are held at once: 128 rows of a vocabulary of 49,152 take 25 MB in fp32. A GPU wants larger products.
_ROWS_AT_ONCE = {"cpu": 128, "cuda": 2048}


def target_losses(
    rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor
) -> torch.Tensor:
    """Negative log-likelihood of each label in nats, [R] fp32.

    `rows` [R, D] are what the output layer multiplies, `weight` [V, D], `bias` [V] or None, `labels` [R]. Products are
    computed in the weight's type, sums in fp32. Gradients flow to `rows` and, where it is trained, to `weight`; the bias is
    never trained (BART's is a buffer).
    """
    return _TargetLosses.apply(rows, weight, bias, labels)


def target_hits(
    rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor
) -> torch.Tensor:
    """Whether each label is the most likely token, the first of those that are equally likely, [R] bool; shapes as in `target_losses`."""
    hits = torch.empty(len(rows), dtype=torch.bool, device=rows.device)
    for chunk in _chunks(rows):
        hits[chunk] = _logits(rows[chunk].to(weight.dtype), weight, bias).argmax(dim=-1) == labels[chunk]
    return hits


def _chunks(rows: torch.Tensor) -> Iterator[slice]:
    at_once = _ROWS_AT_ONCE[rows.device.type]
    return (slice(start, start + at_once) for start in range(0, len(rows), at_once))


def _logits(rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    logits = (rows @ weight.t()).float()
    if bias is not None:
        logits += bias
    return logits


class _TargetLosses(torch.autograd.Function):
    """Computes the gradients in the forward pass, while a chunk's logits are at hand, so that they need not be computed twice.

    That works because the losses are always summed with equal weights: the gradient that comes from above is the same for
    every row, and `backward` only scales.
    """

    @staticmethod
    def forward(
        ctx: Any, rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor
    ) -> torch.Tensor:
        needs_rows, needs_weight = ctx.needs_input_grad[:2]
        losses = torch.empty(len(rows), dtype=torch.float32, device=rows.device)
        rows_gradient = torch.empty_like(rows, dtype=torch.float32) if needs_rows else None
        weight_gradient = torch.zeros_like(weight, dtype=torch.float32) if needs_weight else None
        for chunk in _chunks(rows):
            chunk_rows = rows[chunk].to(weight.dtype)
            log_likelihoods = torch.log_softmax(_logits(chunk_rows, weight, bias), dim=-1)
            chosen = labels[chunk].unsqueeze(1)
            losses[chunk] = -log_likelihoods.gather(1, chosen).squeeze(1)
            if needs_rows or needs_weight:
                gradient = log_likelihoods.exp_()
                gradient.scatter_add_(1, chosen, torch.full_like(chosen, -1, dtype=torch.float32))
                gradient = gradient.to(weight.dtype)
                if rows_gradient is not None:
                    rows_gradient[chunk] = (gradient @ weight).float()
                if weight_gradient is not None:
                    weight_gradient += (gradient.t() @ chunk_rows).float()
        ctx.save_for_backward(rows_gradient, weight_gradient)
        ctx.types = (rows.dtype, weight.dtype)
        return losses

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows_gradient, weight_gradient = ctx.saved_tensors
        scale = gradient[0]
        if not bool((gradient == scale).all()):
            raise RuntimeError("target losses must be summed with equal weights")
        if rows_gradient is not None:
            rows_gradient = (rows_gradient * scale).to(ctx.types[0])
        if weight_gradient is not None:
            weight_gradient = (weight_gradient * scale).to(ctx.types[1])
        return rows_gradient, weight_gradient, None, None
