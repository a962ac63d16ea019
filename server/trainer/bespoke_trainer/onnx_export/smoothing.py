"""Factors that make activations easier to round to eight bits.

A few channels of a transformer's activations are far larger than all others, and rounding a row by its largest value loses the rest.
Dividing a channel by a factor and multiplying the weights that read it by the same factor changes nothing but the rounding (Xiao et al.,
SmoothQuant, arXiv 2211.10438, section 4). The factor here is the root of the channel's largest value, as a power of two: multiplying by it
is exact, and the same on every machine. The large channels are the same whatever the model reads, so random tokens show them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

_SEQUENCES = 4
_TOKENS = 128
# The first tokens of a sequence take in the attention that others have no use for; their values are like no others.
_SKIPPED_TOKENS = 4


@torch.no_grad()
def smoothing_factors(model: nn.Module) -> dict[str, torch.Tensor]:
    """For every linear layer, by its weight's name, a factor for each input channel, [in]."""
    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Any:
        def hook(_module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            rows = inputs[0].abs().flatten(0, -2)[_SKIPPED_TOKENS:]
            seen = rows.amax(0)
            largest[name] = torch.maximum(largest[name], seen) if name in largest else seen

        return hook

    hooks = [
        module.register_forward_pre_hook(watch(f"{name}.weight"))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear)
    ]
    generator = torch.Generator().manual_seed(0)
    for _ in range(_SEQUENCES):
        tokens = torch.randint(0, model.config.vocab_size, (1, _TOKENS), generator=generator)
        more = {"decoder_input_ids": tokens.flip(1)} if model.config.is_encoder_decoder else {}
        model(input_ids=tokens, use_cache=False, **more)
    for hook in hooks:
        hook.remove()
    return {name: torch.exp2(torch.round(torch.log2(values.clamp(min=1e-5)) / 2)) for name, values in largest.items()}
