"""What the manifest says of memorization, against real greedy decoding by Hugging Face's own forward pass."""

from __future__ import annotations

import json
from itertools import takewhile

import pytest
import torch

from bespoke_trainer.base_model_folder import load_model
from bespoke_trainer.examples import Example, read_examples
from bespoke_trainer.loss import target_hits
from bespoke_trainer.memorization import memorization_sample
from expected_names import FROZEN_BLOCKS
from hugging_face_losses import hugging_face_greedy, load_changed
from tiny_checkpoints import VOCABULARY
from tiny_runs import run, tiny_examples, write_spec

# Hugging Face's forward pass knows no prefix in an encoder.
CASES = [
    ("custom", "llama"),
    ("custom", "bart"),
    ("custom", "t5"),
    ("embeddings-output", "llama"),
    ("last-decoder-block", "llama"),
    ("telly", "bart"),
    ("prefix", "llama"),
]


def learned_by_heart(file):
    """Training pairs that are validated on too, so that the best weights are those that know them best."""
    lines = [json.loads(line) for line in tiny_examples(file, train=12).read_text().splitlines()]
    train = [line for line in lines if line["split"] == "train"]
    again = [line | {"pairId": f"again-{line['pairId']}", "split": "validation"} for line in train]
    file.write_text("".join(json.dumps(line) + "\n" for line in [*train, *again]))


def by_decoding(model, adapter, examples: list[Example]) -> dict[str, int]:
    """What the manifest says, found by decoding from every token of every target."""
    load_changed(model, adapter)
    verbatim, longest, right = 0, 0, 0
    for source, target in ((example.source, example.target) for example in examples):
        whole = hugging_face_greedy(model, adapter, source, [], len(target) + 1)
        verbatim += whole == [*target, model.config.eos_token_id]
        for start in range(len(target)):
            new = hugging_face_greedy(model, adapter, source, target[:start], len(target) - start)
            run_length = len(list(takewhile(lambda both: both[0] == both[1], zip(new, target[start:]))))
            longest = max(longest, run_length)
            right += run_length > 0
    return {"verbatim": verbatim, "longestRun": longest, "tokensRight": right}


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_equals_greedy_decoding(strategy, architecture, base_model, tmp_path):
    base = base_model(architecture)
    learned_by_heart(tmp_path / "examples.jsonl")
    options = {"frozenBlocks": FROZEN_BLOCKS[architecture], "maxEpochs": 40, "patience": 40}
    done = run(write_spec(tmp_path, base, strategy, **options))
    examples = memorization_sample(read_examples(tmp_path / "examples.jsonl", VOCABULARY).train, seed=3)
    memorization = done.manifest["memorization"]
    assert memorization["pairs"] == len(examples) == 12
    assert memorization["tokens"] == sum(len(example.target) for example in examples)
    assert memorization["base"] == by_decoding(load_model(base), {}, examples)
    assert memorization["personalized"] == by_decoding(load_model(base), done.adapter, examples)
    assert memorization["base"]["verbatim"] == 0
    assert memorization["personalized"]["tokensRight"] > memorization["base"]["tokensRight"]
    if strategy == "custom":
        assert memorization["personalized"]["verbatim"] > 0


def pairs_of(tokens: int, count: int) -> list[Example]:
    return [Example(f"pair-{index}", (5,) * (tokens - 10), (6,) * 10) for index in range(count)]


@pytest.mark.parametrize(("tokens", "count", "expected"), [(100, 40, 16), (100, 9, 9), (1000, 40, 6), (9000, 3, 1)])
def test_measures_a_bounded_sample(tokens, count, expected):
    pairs = pairs_of(tokens, count)
    sample = memorization_sample(pairs, seed=3)
    assert len({pair.pair_id for pair in sample}) == expected
    assert memorization_sample(list(reversed(pairs)), seed=3) == sample
    if count == 40:
        assert memorization_sample(pairs, seed=4) != sample


def test_passes_over_a_pair_that_is_too_long():
    long, short = pairs_of(5000, 20), pairs_of(50, 60)[20:]
    sample = memorization_sample([*long, *short], seed=3)
    assert len(sample) == 16 and sum(pair in long for pair in sample) == 1


@pytest.mark.parametrize("rows", [1, 127, 128, 300])
def test_hits_are_the_most_likely_tokens(rows):
    torch.manual_seed(0)
    states, weight, bias = torch.randn(rows, 8), torch.randn(20, 8), torch.randn(20)
    labels = torch.randint(0, 4, (rows,))
    assert torch.equal(target_hits(states, weight, bias, labels), (states @ weight.t() + bias).argmax(1) == labels)
    assert torch.equal(target_hits(states, weight, None, labels), (states @ weight.t()).argmax(1) == labels)
