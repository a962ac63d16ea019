"""The losses of examples by Hugging Face's own forward pass: what the families restate, from the other side."""

from __future__ import annotations

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
    parameters = dict(model.named_parameters())
    for name, tensor in adapter.items():
        if not name.startswith("prefix."):
            parameters[name].copy_(tensor)
    return [_loss(model, adapter, example) for example in examples]


def _loss(model: nn.Module, adapter: dict[str, torch.Tensor], example: Example) -> float:
    config = model.config
    labels = torch.tensor([*example.target, config.eos_token_id])
    if config.is_encoder_decoder:
        source = torch.tensor([[*example.source, config.eos_token_id]])
        target = torch.tensor([[config.decoder_start_token_id, *example.target]])
        logits = model(input_ids=source, decoder_input_ids=target).logits[0]
    else:
        cache = None
        if "prefix.decoder.keys" in adapter:
            cache = DynamicCache()
            for block, (keys, values) in enumerate(
                zip(adapter["prefix.decoder.keys"], adapter["prefix.decoder.values"])
            ):
                cache.update(keys.transpose(0, 1).unsqueeze(0), values.transpose(0, 1).unsqueeze(0), block)
        ids = torch.tensor([[*example.source, *example.target]])
        logits = model(ids, past_key_values=cache).logits[0, len(example.source) - 1 :]
    return float(F.cross_entropy(logits, labels, reduction="sum"))
