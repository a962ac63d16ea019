"""Encoder-decoder models: BART, PLBART, T5 and CodeT5. What BART and T5 do differently is in bart.py and t5.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import nn

from bespoke_trainer.examples import Example
from bespoke_trainer.families.bart import BartStacks
from bespoke_trainer.families.seam import Group, Prefix, SpecialTokens, State
from bespoke_trainer.families.t5 import T5Stacks
from bespoke_trainer.layers import rounded_once

ARCHITECTURES = ("bart", "plbart", "t5")

KeysValues = tuple[torch.Tensor, torch.Tensor]


class Stacks(Protocol):
    """What BART and T5 answer each in their own way. `stack` is `encoder` or `decoder`."""

    embedding_parameters: list[str]
    longest_rows: int | None
    # Multiplies the decoder's final states before the output layer.
    output_scale: float

    def blocks(self, stack: str) -> nn.ModuleList: ...

    def block_prefix(self, stack: str) -> str:
        """What the names of a stack's block parameters begin with, before the block's number."""
        ...

    def final_norm_parameters(self, stack: str) -> list[str]: ...

    def embed(self, stack: str, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor: ...

    def biases(self, stack: str, lengths: list[int], prefix_length: int) -> list[torch.Tensor] | None:
        """Per example, what is added to the scores of self-attention; None: nothing but a causal mask."""
        ...

    def run_block(
        self,
        stack: str,
        block: int,
        rows: torch.Tensor,
        lengths: list[int],
        biases: list[torch.Tensor] | None,
        prefix: KeysValues | None,
        encoded: torch.Tensor | None,
        encoded_lengths: list[int],
    ) -> torch.Tensor: ...

    def keys_values(self, stack: str, block: int, rows: torch.Tensor) -> KeysValues: ...

    def final_norm(self, stack: str, rows: torch.Tensor) -> torch.Tensor: ...


class EncoderDecoder:
    """Encoder input `source ++ [endOfSource]`; decoder input `[decoderStart] ++ target` predicts `target ++ [endOfTarget]`."""

    def __init__(self, model: nn.Module, tokens: SpecialTokens, compute_type: torch.dtype) -> None:
        self.model = model
        self.compute_type = compute_type
        self._tokens = tokens
        is_t5 = model.config.model_type == "t5"
        self._stacks: Stacks = (T5Stacks if is_t5 else BartStacks)(model, compute_type)
        self.encoder_blocks = len(self._stacks.blocks("encoder"))
        self._block_count = self.encoder_blocks + len(self._stacks.blocks("decoder"))
        self.block_names = [".".join(map(str, self._place(block))) for block in range(self._block_count)]

    def embedding_parameters(self) -> list[str]:
        return self._stacks.embedding_parameters

    def output_parameters(self) -> list[str]:
        tied = self.model.lm_head.weight is self.model.get_input_embeddings().weight
        return self.embedding_parameters()[:1] if tied else ["lm_head.weight"]

    def block_parameters(self, block: int) -> list[str]:
        stack, index = self._place(block)
        module = self._stacks.blocks(stack)[index]
        return [f"{self._stacks.block_prefix(stack)}{index}.{name}" for name, _ in module.named_parameters()]

    def parameters_above(self, frozen_blocks: int) -> list[str]:
        names = []
        for block in range(frozen_blocks, self._block_count):
            names += self.block_parameters(block)
            # The norm over the encoder's last block belongs to that block: with all encoder blocks frozen its output is fixed.
            if block == self.encoder_blocks - 1:
                names += self._stacks.final_norm_parameters("encoder")
        names += self._stacks.final_norm_parameters("decoder")
        return names + [name for name in self.output_parameters() if name not in self.embedding_parameters()]

    def longest_rows(self) -> int | None:
        return self._stacks.longest_rows

    def group(self, examples: list[Example], device: torch.device, shares_rows: bool = False) -> Group:
        ids: dict[str, list[int]] = {"encoder": [], "decoder": []}
        positions: dict[str, list[int]] = {"encoder": [], "decoder": []}
        lengths: dict[str, list[int]] = {"encoder": [], "decoder": []}
        labels: list[int] = []
        end_of_source = [] if self._tokens.end_of_source is None else [self._tokens.end_of_source]
        start = [] if self._tokens.decoder_start is None else [self._tokens.decoder_start]
        for example in examples:
            for stack, row_ids in (
                ("encoder", [*example.source, *end_of_source]),
                ("decoder", [*start, *example.target]),
            ):
                ids[stack] += row_ids
                positions[stack] += range(len(row_ids))
                lengths[stack].append(len(row_ids))
            labels += [*example.target, self._tokens.end_of_target]
        return Group(
            examples=examples,
            inputs={stack: torch.tensor(ids[stack], device=device) for stack in ids},
            positions={stack: torch.tensor(positions[stack], device=device) for stack in positions},
            lengths=lengths,
            # An encoder's rows see the whole source, so no two examples have rows in common.
            reused=[0] * len(examples),
            target_rows=None,
            target_lengths=lengths["decoder"],
            labels=torch.tensor(labels, device=device),
        )

    def run(self, group: Group, state: State | None, first: int, last: int, prefix: Prefix | None = None) -> State:
        prefix_length = 0 if prefix is None else prefix["prefix.decoder.keys"].shape[1]
        if state is None:
            state = {"encoder": self._embed("encoder", group, prefix_length)}
        encoded = state["encoder"]
        decoded = state.get("decoder")
        encoder_range = range(first, min(last, self.encoder_blocks))
        if encoder_range:
            biases = self._stacks.biases("encoder", group.lengths["encoder"], prefix_length)
            for block in encoder_range:
                encoded = self._run_block(block, encoded, None, group, biases, prefix)
            if last >= self.encoder_blocks:
                encoded = self._stacks.final_norm("encoder", encoded)
        decoder_range = range(max(first, self.encoder_blocks), last)
        if decoder_range:
            if decoded is None:
                decoded = self._embed("decoder", group, prefix_length)
            biases = self._stacks.biases("decoder", group.lengths["decoder"], prefix_length)
            for block in decoder_range:
                decoded = self._run_block(block, decoded, encoded, group, biases, prefix)
        return {"encoder": encoded} if decoded is None else {"encoder": encoded, "decoder": decoded}

    def output_rows(self, state: State) -> torch.Tensor:
        return self._stacks.final_norm("decoder", state["decoder"]) * self._stacks.output_scale

    def output_layer(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        bias = getattr(self.model, "final_logits_bias", None)
        weight = rounded_once(self.model.lm_head.weight, self.compute_type)
        return weight, None if bias is None else bias.reshape(-1)

    @torch.no_grad()
    def initial_prefix(self, tokens: Sequence[int]) -> Prefix:
        device = self.model.lm_head.weight.device
        ids = torch.tensor(tokens, device=device)
        lengths = [len(tokens)]
        encoded: torch.Tensor | None = None
        prefix: Prefix = {}
        for stack in ("encoder", "decoder"):
            rows = self._stacks.embed(stack, ids, torch.arange(len(tokens), device=device))
            biases = self._stacks.biases(stack, lengths, 0)
            keys, values = [], []
            for block in range(len(self._stacks.blocks(stack))):
                key, value = self._stacks.keys_values(stack, block, rows)
                keys.append(key.float())
                values.append(value.float())
                rows = self._stacks.run_block(stack, block, rows, lengths, biases, None, encoded, lengths)
            encoded = self._stacks.final_norm(stack, rows)
            prefix[f"prefix.{stack}.keys"] = torch.stack(keys)
            prefix[f"prefix.{stack}.values"] = torch.stack(values)
        return prefix

    def _embed(self, stack: str, group: Group, prefix_length: int) -> torch.Tensor:
        return self._stacks.embed(stack, group.inputs[stack], group.positions[stack] + prefix_length)

    def _run_block(
        self,
        block: int,
        rows: torch.Tensor,
        encoded: torch.Tensor | None,
        group: Group,
        biases: list[torch.Tensor] | None,
        prefix: Prefix | None,
    ) -> torch.Tensor:
        stack, index = self._place(block)
        keys_values = None
        if prefix is not None:
            keys_values = (prefix[f"prefix.{stack}.keys"][index], prefix[f"prefix.{stack}.values"][index])
        return self._stacks.run_block(
            stack, index, rows, group.lengths[stack], biases, keys_values, encoded, group.lengths["encoder"]
        )

    def _place(self, block: int) -> tuple[str, int]:
        """The stack of a block and its number there."""
        if block < self.encoder_blocks:
            return "encoder", block
        return "decoder", block - self.encoder_blocks

