"""BART and PLBART blocks: norms after the residual, learned positions (modeling_bart.py, modeling_plbart.py)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from bespoke_trainer.attention import attend
from bespoke_trainer.layers import linear, norm

# BART keeps two rows of its position tables free: position 0 is row 2.
_POSITION_OFFSET = 2


class BartStacks:
    """Encoder and decoder of a BART-like model."""

    output_scale = 1.0
    embedding_parameters = [
        "model.shared.weight",
        "model.encoder.embed_positions.weight",
        "model.decoder.embed_positions.weight",
    ]

    def __init__(self, model: nn.Module, compute_type: torch.dtype) -> None:
        self._stacks = {"encoder": model.model.encoder, "decoder": model.model.decoder}
        self._compute_type = compute_type
        self.longest_rows = model.config.max_position_embeddings

    def blocks(self, stack: str) -> nn.ModuleList:
        return self._stacks[stack].layers

    def block_prefix(self, stack: str) -> str:
        return f"model.{stack}.layers."

    def final_norm_parameters(self, stack: str) -> list[str]:
        return []

    def embed(self, stack: str, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        module = self._stacks[stack]
        tokens = F.embedding(ids, module.embed_tokens.weight) * module.embed_tokens.embed_scale
        places = F.embedding(positions + _POSITION_OFFSET, module.embed_positions.weight)
        return norm(module.layernorm_embedding, tokens + places)

    def biases(self, stack: str, lengths: list[int], prefix_length: int) -> list[torch.Tensor] | None:
        return None

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
        layer = self.blocks(stack)[block]
        keys, values = self._keys_values(layer.self_attn, rows)
        attended = self._attend(layer.self_attn, rows, keys, values, lengths, lengths, stack == "decoder", prefix)
        rows = norm(layer.self_attn_layer_norm, rows + attended)
        if encoded is not None:
            keys, values = self._keys_values(layer.encoder_attn, encoded)
            attended = self._attend(layer.encoder_attn, rows, keys, values, lengths, encoded_lengths, False, None)
            rows = norm(layer.encoder_attn_layer_norm, rows + attended)
        hidden = layer.activation_fn(self._linear(layer.fc1, rows))
        return norm(layer.final_layer_norm, rows + self._linear(layer.fc2, hidden))

    def keys_values(self, stack: str, block: int, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self._keys_values(self.blocks(stack)[block].self_attn, rows)

    def final_norm(self, stack: str, rows: torch.Tensor) -> torch.Tensor:
        return rows

    def _attend(
        self,
        attention: nn.Module,
        rows: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        lengths: list[int],
        key_lengths: list[int],
        causal: bool,
        prefix: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> torch.Tensor:
        queries = self._linear(attention.q_proj, rows).view(len(rows), -1, attention.head_dim)
        attended = attend(
            queries.split(lengths), keys.split(key_lengths), values.split(key_lengths), attention.scaling, causal, prefix
        )
        return self._linear(attention.out_proj, attended)

    def _keys_values(self, attention: nn.Module, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        keys = self._linear(attention.k_proj, rows).view(len(rows), -1, attention.head_dim)
        values = self._linear(attention.v_proj, rows).view(len(rows), -1, attention.head_dim)
        return keys, values

    def _linear(self, layer: nn.Linear, rows: torch.Tensor) -> torch.Tensor:
        return linear(layer, rows, self._compute_type)
