"""The model families. Everything else in the trainer speaks to them through seam.py."""

from __future__ import annotations

import torch
from torch import nn

from bespoke_trainer.families import decoder_only, encoder_decoder
from bespoke_trainer.families.seam import Family, SpecialTokens

FAMILY_NAMES: dict[str, str] = {
    **dict.fromkeys(decoder_only.ARCHITECTURES, "decoder-only"),
    **dict.fromkeys(encoder_decoder.ARCHITECTURES, "encoder-decoder"),
}


def family_of(model: nn.Module, tokens: SpecialTokens, compute_type: torch.dtype) -> Family:
    """The family that knows a Hugging Face model. Its `model_type` must be a key of FAMILY_NAMES."""
    if FAMILY_NAMES[model.config.model_type] == "decoder-only":
        return decoder_only.DecoderOnly(model, tokens, compute_type)
    return encoder_decoder.EncoderDecoder(model, tokens, compute_type)
