"""A small BART reads its input from the first step of its pre-training on."""

from __future__ import annotations

import pytest
import torch
import transformers

from bespoke_trainer.copying_start import initial_deviation, start_copying

WIDTH, VOCABULARY, TOKENS, STEPS = 64, 200, 24, 60


def fresh(copies: bool) -> transformers.BartForConditionalGeneration:
    torch.manual_seed(0)
    config = transformers.BartConfig(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=4 * WIDTH,
        decoder_ffn_dim=4 * WIDTH,
        max_position_embeddings=64,
        dropout=0.0,
        init_std=initial_deviation(WIDTH) if copies else 0.02,
        attn_implementation="eager",
    )
    model = transformers.BartForConditionalGeneration(config).eval()
    if copies:
        start_copying(model)
    return model


def texts(count: int) -> torch.Tensor:
    return torch.randint(4, VOCABULARY, (count, TOKENS))


def test_the_decoder_looks_where_the_token_is_that_it_has_just_written() -> None:
    model = fresh(copies=True)
    text = texts(4)
    with torch.no_grad():
        seen = model(input_ids=text, labels=text, output_attentions=True).cross_attentions[0].mean(dim=1)
    same = seen.diagonal(offset=-1, dim1=1, dim2=2).mean()
    assert float(same) > 3 / TOKENS, "three times as much as if it looked everywhere alike"


def loss_after_copying(model: transformers.BartForConditionalGeneration) -> tuple[float, float]:
    """Nats per token of random texts, copied from their input and from another one, after some steps of training."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.0)
    for _ in range(STEPS):
        text = texts(16)
        optimizer.zero_grad()
        model(input_ids=text, labels=text).loss.backward()
        optimizer.step()
    text = texts(16)
    with torch.no_grad():
        right = model(input_ids=text, labels=text).loss
        wrong = model(input_ids=text.flip(0), labels=text).loss
    return float(right), float(wrong)


@pytest.mark.parametrize("copies", [True, False])
def test_learns_to_copy_and_not_without_this_start(copies: bool) -> None:
    right, wrong = loss_after_copying(fresh(copies))
    assert (wrong - right > 1) is copies, f"{right:.2f} with its own input, {wrong:.2f} with another"
