"""Decoder-only models: Llama, Qwen2 and StarCoder2 as Hugging Face implements them (modeling_llama.py and siblings)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from bespoke_trainer.attention import attend
from bespoke_trainer.examples import Example
from bespoke_trainer.families.seam import Group, Prefix, SpecialTokens, State
from bespoke_trainer.layers import linear, norm, rounded_once

ARCHITECTURES = ("llama", "qwen2", "starcoder2")


class DecoderOnly:
    """Input `source ++ target`; the rows from the last source token on predict `target ++ [endOfTarget]`."""

    encoder_blocks = 0

    def __init__(self, model: nn.Module, tokens: SpecialTokens, compute_type: torch.dtype) -> None:
        self.model = model
        self.compute_type = compute_type
        self._tokens = tokens
        self._blocks = model.model.layers
        self.block_names = [f"decoder.{i}" for i in range(len(self._blocks))]

    def embedding_parameters(self) -> list[str]:
        return ["model.embed_tokens.weight"]

    def output_parameters(self) -> list[str]:
        tied = self.model.lm_head.weight is self.model.model.embed_tokens.weight
        return ["model.embed_tokens.weight"] if tied else ["lm_head.weight"]

    def block_parameters(self, block: int) -> list[str]:
        return [f"model.layers.{block}.{name}" for name, _ in self._blocks[block].named_parameters()]

    def parameters_above(self, frozen_blocks: int) -> list[str]:
        names = [n for block in range(frozen_blocks, len(self._blocks)) for n in self.block_parameters(block)]
        names += [f"model.norm.{name}" for name, _ in self.model.model.norm.named_parameters()]
        return names + [name for name in self.output_parameters() if name not in self.embedding_parameters()]

    def longest_rows(self) -> int | None:
        return self.model.config.max_position_embeddings

    def group(self, examples: list[Example], device: torch.device) -> Group:
        ids, positions, labels, target_rows, lengths, target_lengths = [], [], [], [], [], []
        for example in examples:
            rows = example.tokens
            start = len(ids)
            ids += [*example.source, *example.target]
            positions += range(rows)
            labels += [*example.target, self._tokens.end_of_target]
            target_rows += range(start + len(example.source) - 1, start + rows)
            lengths.append(rows)
            target_lengths.append(len(example.target) + 1)
        return Group(
            examples=examples,
            inputs={"decoder": torch.tensor(ids, device=device)},
            positions={"decoder": torch.tensor(positions, device=device)},
            lengths={"decoder": lengths},
            target_rows=torch.tensor(target_rows, device=device),
            target_lengths=target_lengths,
            labels=torch.tensor(labels, device=device),
        )

    def state_lengths(self, group: Group, cut: int) -> dict[str, list[int]]:
        is_top = cut == len(self._blocks)
        return {"decoder": group.target_lengths if is_top else group.lengths["decoder"]}

    def run(self, group: Group, state: State | None, first: int, last: int, prefix: Prefix | None = None) -> State:
        if state is None:
            rows = F.embedding(group.inputs["decoder"], self.model.model.embed_tokens.weight).float()
        else:
            rows = state["decoder"]
        prefix_length = 0 if prefix is None else prefix["prefix.decoder.keys"].shape[1]
        rotation = self._rotation(group.positions["decoder"] + prefix_length)
        for block in range(first, last):
            keys_values = _of_block(prefix, block)
            rows = self._run_block(block, rows, rotation, group, keys_values)
        return {"decoder": rows}

    def output_rows(self, state: State) -> torch.Tensor:
        return norm(self.model.model.norm, state["decoder"])

    def output_layer(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        return rounded_once(self.model.lm_head.weight, self.compute_type), None

    @torch.no_grad()
    def initial_prefix(self, tokens: Sequence[int]) -> Prefix:
        device = self.model.lm_head.weight.device
        rows = F.embedding(torch.tensor(tokens, device=device), self.model.model.embed_tokens.weight).float()
        rotation = self._rotation(torch.arange(len(tokens), device=device))
        keys, values = [], []
        for block, layer in enumerate(self._blocks):
            key, value = self._keys_values(layer, norm(layer.input_layernorm, rows), rotation)
            keys.append(key.float())
            values.append(value.float())
            rows = self._attend_and_feed(block, rows, rows, rotation, rotation, [len(tokens)], [len(tokens)], None)
        return {"prefix.decoder.keys": torch.stack(keys), "prefix.decoder.values": torch.stack(values)}

    def _run_block(
        self,
        block: int,
        rows: torch.Tensor,
        rotation: tuple[torch.Tensor, torch.Tensor],
        group: Group,
        prefix: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> torch.Tensor:
        lengths = group.lengths["decoder"]
        if block < len(self._blocks) - 1:
            return self._attend_and_feed(block, rows, rows, rotation, rotation, lengths, lengths, prefix)
        # Only target rows of the top block reach the output, so source rows need no more than keys and values.
        chosen = group.target_rows
        target_rotation = (rotation[0][chosen], rotation[1][chosen])
        return self._attend_and_feed(
            block, rows[chosen], rows, target_rotation, rotation, group.target_lengths, lengths, prefix
        )

    def _attend_and_feed(
        self,
        block: int,
        rows: torch.Tensor,
        context: torch.Tensor,
        rotation: tuple[torch.Tensor, torch.Tensor],
        context_rotation: tuple[torch.Tensor, torch.Tensor],
        lengths: Sequence[int],
        context_lengths: Sequence[int],
        prefix: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> torch.Tensor:
        """One block for `rows` [R, D], attending to `context` [N, D] of which `rows` are each example's last rows."""
        layer = self._blocks[block]
        attention = layer.self_attn
        normed = norm(layer.input_layernorm, context).to(self.compute_type)
        normed_rows = normed if rows is context else norm(layer.input_layernorm, rows)
        queries = self._linear(attention.q_proj, normed_rows).view(len(rows), -1, attention.head_dim)
        keys, values = self._keys_values(layer, normed, context_rotation)
        attended = attend(
            _rotate(queries, rotation), keys, values, lengths, context_lengths, attention.scaling, True, prefix
        )
        rows = rows + self._linear(attention.o_proj, attended)
        return rows + self._feed_forward(layer.mlp, norm(layer.post_attention_layernorm, rows).to(self.compute_type))

    def _keys_values(
        self, layer: nn.Module, normed: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        attention = layer.self_attn
        keys = self._linear(attention.k_proj, normed).view(len(normed), -1, attention.head_dim)
        values = self._linear(attention.v_proj, normed).view(len(normed), -1, attention.head_dim)
        return _rotate(keys, rotation), values

    def _feed_forward(self, mlp: nn.Module, normed: torch.Tensor) -> torch.Tensor:
        if hasattr(mlp, "gate_proj"):
            gate = mlp.act_fn(self._linear(mlp.gate_proj, normed))
            return self._linear(mlp.down_proj, gate * self._linear(mlp.up_proj, normed))
        return self._linear(mlp.c_proj, mlp.act(self._linear(mlp.c_fc, normed)))

    def _linear(self, layer: nn.Linear, rows: torch.Tensor) -> torch.Tensor:
        return linear(layer, rows, self.compute_type)

    def _rotation(self, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and signed sines of the rotary embedding, each [rows, 1, headSize]."""
        like = torch.empty(0, dtype=torch.float32, device=positions.device)
        cosines, sines = self.model.model.rotary_emb(like, positions.unsqueeze(0))
        half = sines.shape[-1] // 2
        signed = torch.cat((-sines[..., :half], sines[..., half:]), dim=-1)
        return cosines.squeeze(0).unsqueeze(1), signed.squeeze(0).unsqueeze(1)


def _rotate(heads: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Rotary embedding of [rows, heads, headSize]; rolling by half and a signed sine do what `rotate_half` does."""
    cosines, sines = rotation[0].to(heads.dtype), rotation[1].to(heads.dtype)
    return heads * cosines + heads.roll(heads.shape[-1] // 2, -1) * sines


def _of_block(prefix: Prefix | None, block: int) -> tuple[torch.Tensor, torch.Tensor] | None:
    if prefix is None:
        return None
    return prefix["prefix.decoder.keys"][block], prefix["prefix.decoder.values"][block]
