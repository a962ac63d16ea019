"""Reading a specification and examples, grouping, prefix words, tensor files, compute."""

from __future__ import annotations

import json

import pytest
import torch

from bespoke_trainer.attention import attend
from bespoke_trainer.compute import Compute
from bespoke_trainer.examples import Example, in_groups, read_examples
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.prefix import most_frequent_tokens
from bespoke_trainer.run_spec import read_run_spec
from bespoke_trainer.tensor_file import read_tensors, write_tensors
from test_families import EXAMPLES, tiny_family

SPEC = {
    "runId": "r",
    "baseModelDir": "/b",
    "examplesFile": "/e",
    "workDir": "/w",
    "adapterDir": "/a",
    "strategy": "STRATEGY_TELLY",
}


def check_spec(tmp_path, changes, expected):
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({k: v for k, v in (SPEC | changes).items() if v is not None}))
    if isinstance(expected, str):
        with pytest.raises(RunFailure, match=expected) as failure:
            read_run_spec(file)
        assert failure.value.reason == "invalid-spec"
    else:
        spec = read_run_spec(file)
        assert {name: getattr(spec, name, None) or getattr(spec.options, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"strategy": "telly", "run_id": "r"}),
        ({"strategy": 4}, {"strategy": "prefix"}),
        ({"options": {"seed": "12", "maxEpochs": 3}}, {"seed": 12, "max_epochs": 3}),
        ({"options": {"learningRate": 0.5, "computeType": "bfloat16"}}, {"learning_rate": 0.5}),
        ({"fieldOfTomorrow": 1}, {"strategy": "telly"}),
        ({"strategy": "STRATEGY_UNSPECIFIED"}, "strategy must be one of"),
        ({"strategy": None}, "strategy must be one of"),
        ({"runId": "Not An Id"}, "runId"),
        ({"workDir": "relative"}, "workDir must be an absolute path"),
        ({"adapterDir": None}, "adapterDir is missing"),
        ({"options": {"batchSize": 0}}, "options.batchSize"),
        ({"options": {"learningRate": "fast"}}, "options.learningRate"),
        ({"options": {"computeType": "int8"}}, "options.computeType"),
    ],
)
def test_reads_specifications(tmp_path, changes, expected):
    check_spec(tmp_path, changes, expected)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("not json", "line 1 is no training example"),
        ('{"pairId":"p","split":"train","source":[1]}', "line 1 is no training example"),
        ('{"pairId":"p","split":"test","source":[1],"target":[2]}', "unknown split"),
        ('{"pairId":"p","split":"train","source":[],"target":[2]}', "empty source"),
        ('{"pairId":"p","split":"train","source":[64],"target":[2]}', "does not know"),
        ('{"pairId":"p","split":"train","source":[true],"target":[2]}', "does not know"),
    ],
)
def test_refuses_damaged_examples(tmp_path, line, cause):
    file = tmp_path / "examples.jsonl"
    file.write_text(line + "\n")
    with pytest.raises(RunFailure, match=cause) as failure:
        read_examples(file, 64)
    assert failure.value.reason == "invalid-spec"


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], []),
        ([4], [[4]]),
        ([5, 5, 2], [[5, 5], [2]]),
        ([30, 2, 8, 2], [[30], [2, 8], [2]]),
        ([9, 2, 9], [[9], [2], [9]]),
    ],
)
def test_groups_neighbours_up_to_a_number_of_tokens(lengths, expected):
    examples = [Example(str(i), (1,) * (length - 1), (1,)) for i, length in enumerate(lengths)]
    assert [[example.tokens for example in group] for group in in_groups(examples, 10)] == expected


def test_ranks_the_most_frequent_tokens():
    examples = [Example("a", (9, 9, 9), (5, 5, 7)), Example("b", (9,), (7, 5, 3))]
    assert most_frequent_tokens(examples, 2) == [5, 7]
    assert most_frequent_tokens(examples, 5) == [5, 7, 3, 5, 7]


def test_tensor_file_knows_when_it_is_damaged(tmp_path):
    file = tmp_path / "t.safetensors"
    tensors = {
        "half": torch.randn(3, 5).bfloat16(),
        "whole": torch.randn(2, 3),
        "bytes": torch.tensor([1, 2, 3], dtype=torch.uint8),
        "none": torch.empty(0, 4),
    }
    write_tensors(file, tensors, {"step": 3})
    read, metadata = read_tensors(file)
    assert metadata == {"step": 3}
    assert all(torch.equal(read[name], tensor) and read[name].dtype == tensor.dtype for name, tensor in tensors.items())
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)
    assert read_tensors(file) is None
    file.write_bytes(content[:-4])
    assert read_tensors(file) is None
    assert read_tensors(tmp_path / "missing.safetensors") is None


def test_counts_compute_as_kaplan_does():
    """Llama, 3 blocks of P parameters, all trained: forward 2N per row, backward twice that."""
    family = tiny_family("llama")
    example = EXAMPLES[0]
    group = family.group([example], torch.device("cpu"))
    names = dict(family.model.named_parameters())
    block = sum(names[name].numel() for name in family.block_parameters(0))
    rows, targets, hidden, vocabulary = 9, 5, 32, 64
    full_block = 2 * block * rows + 2 * hidden * rows * rows
    top_block = 2 * block * targets + 2 * hidden * targets * rows
    output = 2 * hidden * vocabulary * targets
    embedding = 4 * hidden * rows

    custom = Compute(family, set(names), has_prefix=False)
    assert custom.forward(group, 0, 3) == 2 * full_block + top_block + embedding
    assert custom.output(group) == output
    assert custom.backward(group) == 2 * (2 * full_block + top_block + output) + embedding

    last = Compute(family, set(family.block_parameters(2)), has_prefix=False)
    # Nothing below the last block goes backward, and the frozen output layer has no weight gradients.
    assert last.backward(group) == 2 * top_block + output

    ends = Compute(family, {"model.embed_tokens.weight"}, has_prefix=False)
    assert ends.backward(group) == 2 * full_block + top_block + 2 * output + embedding


@pytest.mark.parametrize("key_heads", [1, 2, 4])
def test_written_out_attention_equals_the_fused_one(key_heads):
    """In bfloat16 with gradients attention is written out: same values and gradients as fp32 within bfloat16's rounding."""
    torch.manual_seed(0)
    lengths = [7, 1, 12]

    def results(kind: torch.dtype) -> list[torch.Tensor]:
        torch.manual_seed(1)
        sizes = [(sum(lengths), heads, 8) for heads in (4, key_heads, key_heads)]
        leaves = [torch.randn(size).to(torch.bfloat16).to(kind).requires_grad_() for size in sizes]
        attended = attend(*(leaf.split(lengths) for leaf in leaves), scale=0.35, causal=True)
        attended.square().sum().backward()
        return [attended.detach(), *(leaf.grad for leaf in leaves if leaf.grad is not None)]

    for rounded, exact in zip(results(torch.bfloat16), results(torch.float32), strict=True):
        torch.testing.assert_close(rounded.float(), exact, rtol=0.05, atol=0.05)
