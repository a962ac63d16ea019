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
    for index, (query, key, value) in enumerate(zip(queries, keys, values)):
        if prefix is not None:
            key, value = torch.cat((prefix[0].to(key), key)), torch.cat((prefix[1].to(value), value))
        mask = None
        is_square = len(query) == len(key)
        if causal and is_square and biases is None and _is_faster_written_out(query):
            outputs.append(_causal_attention(query, key, value, scale))
            continue
        if repeats > 1:
            key, value = key.repeat_interleave(repeats, 1), value.repeat_interleave(repeats, 1)
        if biases is not None:
            mask = biases[index].to(query.dtype)
        elif causal and not is_square:
            shape = (len(query), len(key))
            if shape not in masks:
                masks[shape] = lower_right_mask(*shape, query.device)
            mask = masks[shape]
        output = F.scaled_dot_product_attention(
            query.transpose(0, 1).unsqueeze(0),
            key.transpose(0, 1).unsqueeze(0),
            value.transpose(0, 1).unsqueeze(0),
            attn_mask=mask,
            is_causal=causal and is_square and biases is None,
            scale=scale,
        )
        outputs.append(output.squeeze(0).transpose(0, 1).reshape(len(query), heads * head_size))
    return torch.cat(outputs)


def _is_faster_written_out(query: torch.Tensor) -> bool:
    """PyTorch's fused kernel takes twice as long as three products where a CPU must compute its gradient in bfloat16."""
    return query.device.type == "cpu" and query.dtype == torch.bfloat16 and query.requires_grad


def _causal_attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float) -> torch.Tensor:
    """One example's attention from [T, H, headSize] and [T, KV heads, headSize] to [T, H * headSize].

    Query heads that share a key head are laid under each other, so that keys and values are not repeated.
    """
    rows, heads, head_size = query.shape
    shared = key.shape[1]
    stacked = (query * scale).view(rows, shared, -1, head_size).permute(1, 2, 0, 3).reshape(shared, -1, head_size)
    scores = torch.bmm(stacked, key.permute(1, 2, 0)).view(heads, rows, rows)
    future = torch.full((rows, rows), float("-inf"), dtype=scores.dtype, device=scores.device).triu(1)
    weights = torch.softmax(scores + future, dim=-1).view(shared, -1, rows)
    mixed = torch.bmm(weights, value.transpose(0, 1)).view(shared, -1, rows, head_size)
    return mixed.permute(2, 0, 1, 3).reshape(rows, heads * head_size)


def lower_right_mask(queries: int, keys: int, device: torch.device) -> torch.Tensor:
    """True where a query may see a key, [queries, keys], the last query aligned with the last key."""
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)
