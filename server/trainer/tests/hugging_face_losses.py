"""Losses and greedy decoding of examples by Hugging Face's own forward pass: what the families restate, from the other side."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn
from transformers import DynamicCache

from bespoke_trainer.examples import Example


@torch.no_grad()
def hugging_face_losses(
    model: nn.Module, adapter: dict[str, torch.Tensor], examples: list[Example]
) -> list[float]:
    """Sum of negative log-likelihoods of each example's target tokens, in nats."""
    load_changed(model, adapter)
    return [_loss(model, adapter, example) for example in examples]


@torch.no_grad()
def load_changed(model: nn.Module, adapter: dict[str, torch.Tensor]) -> None:
    """Replaces the parameters that an adapter changed."""
    parameters = dict(model.named_parameters())
    for name, tensor in adapter.items():
        if not name.startswith("prefix."):
            parameters[name].copy_(tensor)


@torch.no_grad()
def hugging_face_greedy(
    model: nn.Module, adapter: dict[str, torch.Tensor], source: Sequence[int], written: Sequence[int], most: int
) -> list[int]:
    """At most `most` tokens after those that are written, each the most likely one, up to the end token."""
    new: list[int] = []
    while len(new) < most and model.config.eos_token_id not in new:
        new.append(int(_logits(model, adapter, source, [*written, *new])[-1].argmax()))
    return new


def _loss(model: nn.Module, adapter: dict[str, torch.Tensor], example: Example) -> float:
    labels = torch.tensor([*example.target, model.config.eos_token_id])
    return float(F.cross_entropy(_logits(model, adapter, example.source, example.target), labels, reduction="sum"))


def _logits(
    model: nn.Module, adapter: dict[str, torch.Tensor], source: Sequence[int], target: Sequence[int]
) -> torch.Tensor:
    """Of the token after the source, and after each of the target, [target + 1, V]."""
    config = model.config
    if config.is_encoder_decoder:
        source_ids = torch.tensor([[*source, config.eos_token_id]])
        target_ids = torch.tensor([[config.decoder_start_token_id, *target]])
        return model(input_ids=source_ids, decoder_input_ids=target_ids).logits[0]
    cache = None
    if "prefix.decoder.keys" in adapter:
        cache = DynamicCache()
        for block, (keys, values) in enumerate(
            zip(adapter["prefix.decoder.keys"], adapter["prefix.decoder.values"])
        ):
            cache.update(keys.transpose(0, 1).unsqueeze(0), values.transpose(0, 1).unsqueeze(0), block)
    ids = torch.tensor([[*source, *target]])
    return model(ids, past_key_values=cache).logits[0, len(source) - 1 :]
