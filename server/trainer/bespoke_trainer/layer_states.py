"""What each block of a model makes of whole sequences: the hidden states that probing and representational similarity look at (paper T)."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open

from bespoke_trainer.examples import Example, in_groups
from bespoke_trainer.families.seam import Family, Group, Prefix, State


@torch.no_grad()
def layer_states(
    family: Family, sequences: list[list[int]], prefix: Prefix | None, tokens_at_once: int
) -> torch.Tensor:
    """The mean over a sequence's rows of what each block gives, [blocks, sequences, D], blocks from the bottom up.

    A decoder-only model reads the sequence as it reads an input. An encoder-decoder model reads it in its encoder, and writes it in
    its decoder: each stack sees all of it.
    """
    device = next(family.model.parameters()).device
    examples = [_example(family, tokens) for tokens in sequences]
    pooled: list[torch.Tensor] = []
    for chosen in in_groups(examples, tokens_at_once):
        group = family.group(chosen, device)
        state: State | None = None
        of_blocks = []
        for block in range(len(family.block_names)):
            state = family.run(group, state, block, block + 1, prefix)
            of_blocks.append(_means(group, state, "encoder" if block < family.encoder_blocks else "decoder"))
        pooled.append(torch.stack(of_blocks))
    return torch.cat(pooled, dim=1)


@torch.no_grad()
def apply_adapter(family: Family, adapter: Path) -> Prefix | None:
    """Puts an adapter's tensors in the place of the base's; returns the prefix, which has no place there."""
    parameters = dict(family.model.named_parameters())
    prefix: Prefix = {}
    with safe_open(adapter / "adapter.safetensors", framework="pt") as tensors:
        for name in tensors.keys():
            if name.startswith("prefix."):
                prefix[name] = tensors.get_tensor(name).float()
            else:
                parameters[name].copy_(tensors.get_tensor(name))
    return prefix or None


def _example(family: Family, tokens: list[int]) -> Example:
    if len(tokens) < 2:
        raise ValueError("A sequence needs at least two tokens.")
    if family.encoder_blocks > 0:
        return Example("", tuple(tokens), tuple(tokens))
    # From the last source token on, rows of the top block are computed: with one source token, all of them.
    return Example("", (tokens[0],), tuple(tokens[1:]))


def _means(group: Group, state: State, stack: str) -> torch.Tensor:
    """Mean over the rows of each example, [examples, D]."""
    return torch.stack([rows.float().mean(0) for rows in state[stack].split(group.lengths[stack])]).cpu()
