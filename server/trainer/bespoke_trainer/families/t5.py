"""T5 and CodeT5 blocks: norms before each part, relative position biases, unscaled scores (modeling_t5.py)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from bespoke_trainer.attention import attend, lower_right_mask
from bespoke_trainer.layers import linear, norm


class T5Stacks:
    """Encoder and decoder of a T5-like model. The bottom block of a stack owns the position bias of all its blocks."""

    longest_rows: int | None = None
    embedding_parameters = ["shared.weight"]

    def __init__(self, model: nn.Module, compute_type: torch.dtype) -> None:
        self._model = model
        self._stacks = {"encoder": model.encoder, "decoder": model.decoder}
        self._compute_type = compute_type
        self.output_scale = model.model_dim**-0.5 if model.config.scale_decoder_outputs else 1.0

    def blocks(self, stack: str) -> nn.ModuleList:
        return self._stacks[stack].block

    def block_prefix(self, stack: str) -> str:
        return f"{stack}.block."

    def final_norm_parameters(self, stack: str) -> list[str]:
        return [f"{stack}.final_layer_norm.weight"]

    def embed(self, stack: str, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        return F.embedding(ids, self._model.shared.weight)

    def biases(self, stack: str, lengths: list[int], prefix_length: int) -> list[torch.Tensor]:
        attention = self.blocks(stack)[0].layer[0].SelfAttention
        by_length: dict[int, torch.Tensor] = {}
        for length in set(lengths):
            keys = prefix_length + length
            bias = attention.compute_bias(length, keys, past_seen_tokens=prefix_length)
            if stack == "decoder":
                hidden = ~lower_right_mask(length, keys, bias.device)
                bias = bias.masked_fill(hidden, float("-inf"))
            by_length[length] = bias
        return [by_length[length] for length in lengths]

    def run_block(
        self,
        stack: str,
        block: int,
        rows: torch.Tensor,
        lengths: list[int],
        biases: list[torch.Tensor] | None,
        prefix: tuple[torch.Tensor, torch.Tensor] | None,
        encoded: torch.Tensor | None,
        encoded_lengths: list[int],
    ) -> torch.Tensor:
        parts = self.blocks(stack)[block].layer
        normed = norm(parts[0].layer_norm, rows)
        attention = parts[0].SelfAttention
        keys, values = self._keys_values(attention, normed)
        queries = self._heads(attention, attention.q, normed)
        keys, values = keys.split(lengths), values.split(lengths)
        attended = attend(queries.split(lengths), keys, values, 1.0, stack == "decoder", prefix, biases)
        rows = rows + self._linear(attention.o, attended)
        if encoded is not None:
            attention = parts[1].EncDecAttention
            keys, values = self._keys_values(attention, encoded)
            queries = self._heads(attention, attention.q, norm(parts[1].layer_norm, rows))
            keys, values = keys.split(encoded_lengths), values.split(encoded_lengths)
            attended = attend(queries.split(lengths), keys, values, 1.0, False)
            rows = rows + self._linear(attention.o, attended)
        return rows + self._feed_forward(parts[-1].DenseReluDense, norm(parts[-1].layer_norm, rows))

    def keys_values(self, stack: str, block: int, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        part = self.blocks(stack)[block].layer[0]
        return self._keys_values(part.SelfAttention, norm(part.layer_norm, rows))

    def final_norm(self, stack: str, rows: torch.Tensor) -> torch.Tensor:
        return norm(self._stacks[stack].final_layer_norm, rows)

    def _feed_forward(self, layer: nn.Module, normed: torch.Tensor) -> torch.Tensor:
        if hasattr(layer, "wi_0"):
            hidden = layer.act(self._linear(layer.wi_0, normed)) * self._linear(layer.wi_1, normed)
        else:
            hidden = layer.act(self._linear(layer.wi, normed))
        return self._linear(layer.wo, hidden)

    def _keys_values(self, attention: nn.Module, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self._heads(attention, attention.k, rows), self._heads(attention, attention.v, rows)

    def _heads(self, attention: nn.Module, layer: nn.Linear, rows: torch.Tensor) -> torch.Tensor:
        return self._linear(layer, rows).view(len(rows), -1, attention.key_value_proj_dim)

    def _linear(self, layer: nn.Linear, rows: torch.Tensor) -> torch.Tensor:
        return linear(layer, rows, self._compute_type)
