"""Decoder-only models: Llama, Qwen2 and StarCoder2 as Hugging Face implements them (modeling_llama.py and siblings)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from bespoke_trainer.attention import attend
from bespoke_trainer.examples import Example
from bespoke_trainer.families.seam import Group, Prefix, SpecialTokens, State, in_full
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

    def group(self, examples: list[Example], device: torch.device, shares_rows: bool = False) -> Group:
        ids, positions, labels, target_rows, lengths, target_lengths = [], [], [], [], [], []
        taught: list[bool] = []
        reused = [0] * len(examples)
        for index, example in enumerate(examples):
            row_ids = (*example.source, *example.target)
            if shares_rows and index > 0:
                before = examples[index - 1]
                reused[index] = _common_rows((*before.source, *before.target), row_ids)
            start = len(ids) - reused[index]
            ids += row_ids[reused[index] :]
            positions += range(reused[index], len(row_ids))
            learned = learned_from(example)
            spans = (*example.taught_spans, (len(example.source), len(row_ids) + 1))
            is_taught = [any(first <= at < end for first, end in spans) for at in range(learned, len(row_ids) + 1)]
            following = [*row_ids[learned:], self._tokens.end_of_target]
            labels += [label for label, is_learned in zip(following, is_taught) if is_learned]
            taught += is_taught
            target_rows += range(start + learned - 1, start + len(row_ids))
            lengths.append(len(row_ids) - reused[index])
            target_lengths.append(len(following))
        return Group(
            examples=examples,
            inputs={"decoder": torch.tensor(ids, device=device)},
            positions={"decoder": torch.tensor(positions, device=device)},
            lengths={"decoder": lengths},
            reused=reused,
            target_rows=torch.tensor(target_rows, device=device),
            target_lengths=target_lengths,
            labels=torch.tensor(labels, device=device),
            taught=None if all(taught) else torch.tensor(taught, device=device),
        )

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
        group = self.group([Example("prefix", tuple(tokens), ())], self.model.lm_head.weight.device)
        rotation = self._rotation(group.positions["decoder"])
        rows = F.embedding(group.inputs["decoder"], self.model.model.embed_tokens.weight).float()
        keys, values = [], []
        for block, layer in enumerate(self._blocks):
            key, value = self._keys_values(layer, norm(layer.input_layernorm, rows), rotation)
            keys.append(key.float())
            values.append(value.float())
            rows = self._run_block(block, rows, rotation, group, None)
        return {"prefix.decoder.keys": torch.stack(keys), "prefix.decoder.values": torch.stack(values)}

    def _run_block(
        self,
        block: int,
        rows: torch.Tensor,
        rotation: tuple[torch.Tensor, torch.Tensor],
        group: Group,
        prefix: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> torch.Tensor:
        layer = self._blocks[block]
        attention = layer.self_attn
        normed = norm(layer.input_layernorm, rows).to(self.compute_type)
        keys, values = self._keys_values(layer, normed, rotation)
        lengths = group.lengths["decoder"]
        if block == len(self._blocks) - 1:
            # Only target rows of the top block reach the output, so source rows need no more than keys and values.
            chosen, lengths = group.target_rows, group.target_lengths
            rows, normed, rotation = rows[chosen], normed[chosen], (rotation[0][chosen], rotation[1][chosen])
        queries = _rotate(self._linear(attention.q_proj, normed).view(len(rows), -1, attention.head_dim), rotation)
        keys_of_each, values_of_each = in_full(keys, group, "decoder"), in_full(values, group, "decoder")
        attended = attend(queries.split(lengths), keys_of_each, values_of_each, attention.scaling, True, prefix)
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


def learned_from(example: Example) -> int:
    """Position of the first token that is learned: the target's first, or the first of what is taught before it."""
    return example.taught_spans[0][0] if example.taught_spans else len(example.source)


def _common_rows(before: Sequence[int], row_ids: Sequence[int]) -> int:
    """How many tokens two examples begin with in common; less than all, so that each has a row of its own."""
    most = min(len(before), len(row_ids) - 1)
    return next((index for index in range(most) if before[index] != row_ids[index]), most)
