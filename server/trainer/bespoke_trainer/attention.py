"""Attention over examples laid end to end: each example attends to its own rows and to a shared prefix."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F


def attend(
    queries: Sequence[torch.Tensor],
    keys: Sequence[torch.Tensor],
    values: Sequence[torch.Tensor],
    scale: float,
    causal: bool,
    prefix: tuple[torch.Tensor, torch.Tensor] | None = None,
    biases: Sequence[torch.Tensor] | None = None,
) -> torch.Tensor:
    """Attention of every example, [query rows, H * headSize].

    Per example: `queries` [rows, H, headSize], `keys` and `values` [key rows, KV heads, headSize]. Causal: an example's last
    query sees all its keys, the one before it all but the last, and so on; so queries may be the last rows only.
    `prefix`: keys and values [P, KV heads, headSize] before the keys of every example. `biases`: per example, [1, H,
    queries, P + keys] added to the scores, a causal mask included.
    """
    heads, head_size = queries[0].shape[1:]
    repeats = heads // keys[0].shape[1]
    outputs = []
    masks: dict[tuple[int, int], torch.Tensor] = {}
    before = None if prefix is None else (prefix[0].to(keys[0]), prefix[1].to(values[0]))
    for index, (query, key, value) in enumerate(zip(queries, keys, values)):
        if before is not None:
            key, value = torch.cat((before[0], key)), torch.cat((before[1], value))
        is_written_out = _is_faster_written_out(query)
        is_square = len(query) == len(key)
        bias = None
        if biases is not None:
            bias = biases[index].to(query.dtype)
        elif causal and (is_written_out or not is_square):
            shape = (len(query), len(key))
            if shape not in masks:
                masks[shape] = _lower_right_bias(*shape, query)
            bias = masks[shape]
        if is_written_out:
            outputs.append(_written_out(query, key, value, scale, bias))
            continue
        if repeats > 1:
            key, value = key.repeat_interleave(repeats, 1), value.repeat_interleave(repeats, 1)
        output = F.scaled_dot_product_attention(
            query.transpose(0, 1).unsqueeze(0),
            key.transpose(0, 1).unsqueeze(0),
            value.transpose(0, 1).unsqueeze(0),
            attn_mask=bias,
            is_causal=causal and bias is None,
            scale=scale,
        )
        outputs.append(output.squeeze(0).transpose(0, 1).reshape(len(query), heads * head_size))
    return torch.cat(outputs)


def _is_faster_written_out(query: torch.Tensor) -> bool:
    """On a CPU PyTorch's fused kernel takes twice as long in bfloat16 as three products, with gradients or, unless causal, without."""
    return query.device.type == "cpu" and query.dtype == torch.bfloat16


def _written_out(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float, bias: torch.Tensor | None
) -> torch.Tensor:
    """One example's attention from [Q, H, headSize] and [K, KV heads, headSize] to [Q, H * headSize]; `bias` [Q, K] or [1, H, Q, K].

    Query heads that share a key head are laid under each other, so that keys and values are not repeated.
    """
    rows, heads, head_size = query.shape
    shared = key.shape[1]
    stacked = (query * scale).view(rows, shared, -1, head_size).permute(1, 2, 0, 3).reshape(shared, -1, head_size)
    scores = torch.bmm(stacked, key.permute(1, 2, 0)).view(1, heads, rows, len(key))
    if bias is not None:
        scores = scores + bias
    weights = torch.softmax(scores, dim=-1).view(shared, -1, len(key))
    mixed = torch.bmm(weights, value.transpose(0, 1)).view(shared, -1, rows, head_size)
    return mixed.permute(2, 0, 1, 3).reshape(rows, heads * head_size)


def _lower_right_bias(queries: int, keys: int, like: torch.Tensor) -> torch.Tensor:
    """0 where a query may see a key, minus infinity elsewhere, [queries, keys]."""
    hidden = ~lower_right_mask(queries, keys, like.device)
    return torch.zeros(hidden.shape, dtype=like.dtype, device=like.device).masked_fill_(hidden, float("-inf"))


def lower_right_mask(queries: int, keys: int, device: torch.device) -> torch.Tensor:
    """True where a query may see a key, [queries, keys], the last query aligned with the last key."""
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)
