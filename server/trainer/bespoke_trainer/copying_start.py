"""Where the pre-training of a small BART starts: where its decoder reads the encoder.

From Hugging Face's own start a BART of this size learns to do without its input. Its decoder gets nothing but noise from the encoder at first, so
within the first steps the encoder's states become the same for every token, and no gradient brings them back: the loss is then that of a
language model, whatever the input is (EXPERIMENTS.md). Undoing infilling is mostly copying, so this start makes copying easy to find:

- Positions are sinusoids (Vaswani et al., arXiv 1706.03762, section 3.5), the same on both sides, so that equal positions are alike.
- Queries and keys of the cross-attention are the same orthogonal projection, so that a decoder's row looks where the
  encoder has a like one: at the token that it has just written, next to which is the one that it is to write.
- The cross-attention's output undoes its values, so that what it finds arrives as it is; embeddings are tied to the output layer.
- Self-attention and feed-forward layers add little at first (Radford et al., GPT-2, section 2.3, scale them by depth).

All of it is trained like any other weight from there on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from transformers import BartForConditionalGeneration

# Share of Hugging Face's start that self-attention and feed-forward layers keep.
_QUIET = 0.1
# Of queries and keys: their product, of rows of norm sqrt(width), then tells like rows from others after the division by sqrt(head size).
_SHARPNESS = 2**0.5
_LONGEST_WAVE = 10_000.0


def initial_deviation(width: int) -> float:
    """Standard deviation of the weights at the start: such that a layer keeps the norm of its input [width]."""
    return width**-0.5


@torch.no_grad()
def start_copying(model: BartForConditionalGeneration) -> None:
    """Changes a model fresh from its configuration. Random numbers are PyTorch's."""
    for stack in (model.model.encoder, model.model.decoder):
        stack.embed_positions.weight.copy_(_sinusoids(stack.embed_positions, model.config.init_std))
        for block in stack.layers:
            block.self_attn.out_proj.weight.mul_(_QUIET)
            block.fc2.weight.mul_(_QUIET)
    for block in model.model.decoder.layers:
        attention = block.encoder_attn
        look = nn.init.orthogonal_(torch.empty_like(attention.q_proj.weight))
        take = nn.init.orthogonal_(torch.empty_like(attention.v_proj.weight))
        attention.q_proj.weight.copy_(_SHARPNESS * look)
        attention.k_proj.weight.copy_(_SHARPNESS * look)
        attention.v_proj.weight.copy_(take)
        attention.out_proj.weight.copy_(take.T)


def _sinusoids(embedding: nn.Embedding, deviation: float) -> torch.Tensor:
    """[positions, width], as large as random embeddings of this deviation."""
    rows, width = embedding.weight.shape
    waves = _LONGEST_WAVE ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(rows)[:, None] * waves
    return deviation * 2**0.5 * torch.cat([angles.sin(), angles.cos()], dim=1)
