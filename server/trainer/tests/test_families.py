"""Each architecture's restated forward pass against Hugging Face's own."""

from __future__ import annotations

import pytest
import torch
from transformers import DynamicCache

from bespoke_trainer.examples import Example
from bespoke_trainer.families import FAMILY_NAMES, family_of
from bespoke_trainer.families.seam import Family, SpecialTokens, in_full
from tiny_checkpoints import ARCHITECTURES, tiny_model

DECODER_ONLY = [architecture for architecture in ARCHITECTURES if FAMILY_NAMES[architecture] == "decoder-only"]
EXAMPLES = [
    Example("a", (5, 9, 11, 4, 20), (7, 8, 30, 31)),
    Example("b", tuple(range(3, 40)), (50, 41, 42, 43, 3, 3, 9)),
    Example("c", (17,), tuple(range(20, 45))),
]


def tiny_family(architecture: str, compute_type: torch.dtype = torch.float32) -> Family:
    model = tiny_model(architecture)
    config = model.config
    is_decoder_only = FAMILY_NAMES[architecture] == "decoder-only"
    tokens = SpecialTokens(
        config.eos_token_id,
        None if is_decoder_only else config.eos_token_id,
        None if is_decoder_only else config.decoder_start_token_id,
    )
    return family_of(model, tokens, compute_type)


def logits_of(family: Family, examples: list[Example], prefix: dict[str, torch.Tensor] | None = None) -> torch.Tensor:
    group = family.group(examples, torch.device("cpu"))
    state = family.run(group, None, 0, len(family.block_names), prefix)
    weight, bias = family.output_layer()
    logits = family.output_rows(state) @ weight.float().t()
    return logits if bias is None else logits + bias


@torch.no_grad()
def expected_logits(family: Family, example: Example) -> torch.Tensor:
    config = family.model.config
    if config.is_encoder_decoder:
        source = torch.tensor([[*example.source, config.eos_token_id]])
        target = torch.tensor([[config.decoder_start_token_id, *example.target]])
        return family.model(input_ids=source, decoder_input_ids=target).logits[0]
    ids = torch.tensor([[*example.source, *example.target]])
    return family.model(ids).logits[0, len(example.source) - 1 :]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_equals_hugging_face(architecture):
    family = tiny_family(architecture)
    expected = torch.cat([expected_logits(family, example) for example in EXAMPLES])
    torch.testing.assert_close(logits_of(family, EXAMPLES), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_gives_an_example_alone_what_it_gives_it_in_a_group(architecture):
    family = tiny_family(architecture)
    alone = torch.cat([logits_of(family, [example]) for example in EXAMPLES])
    torch.testing.assert_close(logits_of(family, EXAMPLES), alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_goes_on_from_any_cut(architecture):
    family = tiny_family(architecture)
    group = family.group(EXAMPLES, torch.device("cpu"))
    top = len(family.block_names)
    whole = family.run(group, None, 0, top)["decoder"]
    for cut in range(top):
        below = family.run(group, None, 0, cut)
        assert all(len(rows) == sum(group.lengths[stack]) for stack, rows in below.items())
        assert torch.equal(family.run(group, below, cut, top)["decoder"], whole)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_gives_shared_rows_what_it_gives_repeated_ones(architecture):
    family = tiny_family(architecture)
    text = tuple(range(3, 40))
    examples = [
        Example("a", text, (5, 6)),
        Example("b", text, (5, 6)),
        Example("c", text, (5, 6, 7)),
        Example("d", (*text[:20], 9), (5, 6, 7)),
        Example("e", (50, 51), (5,)),
        Example("f", (50, 51, 5), (8,)),
    ]
    device = torch.device("cpu")
    shared = family.group(examples, device, shares_rows=True)
    repeated = family.group(examples, device)
    assert shared.reused == ([0] * 6 if family.encoder_blocks else [0, 38, 39, 20, 0, 3])
    cut = len(family.block_names) - 1
    actual = family.run(shared, None, 0, cut)
    expected = family.run(repeated, None, 0, cut)
    assert actual.keys() == expected.keys()
    for stack in expected:
        rows = torch.cat(in_full(actual[stack], shared, stack))
        torch.testing.assert_close(rows, expected[stack], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", DECODER_ONLY)
@torch.no_grad()
def test_reads_a_prefix_as_hugging_face_reads_its_cache(architecture):
    family = tiny_family(architecture)
    words = [33, 12, 60, 21, 9, 9]
    prefix = family.initial_prefix(words)
    example = EXAMPLES[0]
    text = torch.tensor([[*words, *example.source, *example.target]])
    # Real words' activations before the input are the same as the words themselves before the input.
    expected = family.model(text).logits[0, len(words) + len(example.source) - 1 :]
    torch.testing.assert_close(logits_of(family, [example], prefix), expected, rtol=1e-4, atol=1e-5)
    cache = DynamicCache()
    for block, (keys, values) in enumerate(zip(prefix["prefix.decoder.keys"], prefix["prefix.decoder.values"])):
        cache.update(keys.transpose(0, 1).unsqueeze(0), values.transpose(0, 1).unsqueeze(0), block)
    after = family.model(text[:, len(words) :], past_key_values=cache).logits[0, len(example.source) - 1 :]
    torch.testing.assert_close(logits_of(family, [example], prefix), after, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_comes_close_in_bfloat16(architecture):
    exact = logits_of(tiny_family(architecture), EXAMPLES).log_softmax(-1)
    rounded = logits_of(tiny_family(architecture, torch.bfloat16), EXAMPLES).log_softmax(-1)
    difference = (exact - rounded).abs()
    assert 0 < difference.mean() < 0.05
