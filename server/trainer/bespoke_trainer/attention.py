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
        if repeats > 1:
            key, value = key.repeat_interleave(repeats, 1), value.repeat_interleave(repeats, 1)
        mask = None
        is_square = len(query) == len(key)
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


def lower_right_mask(queries: int, keys: int, device: torch.device) -> torch.Tensor:
    """True where a query may see a key, [queries, keys], the last query aligned with the last key."""
    return torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)
