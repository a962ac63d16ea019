"""Layer states, probes and similarity, on tiny models and on states whose answer is known."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

from bespoke_trainer.examples import Example
from bespoke_trainer.layer_analysis import FEWEST_METHODS, analyse
from bespoke_trainer.layer_states import layer_states
from bespoke_trainer.probes import majority_share, probe_accuracy, similarity_correlation
from test_families import tiny_family
from tiny_checkpoints import VOCABULARY
from tiny_runs import run, write_spec

ARCHITECTURES = ("llama", "bart", "t5")


def sequences(count: int, seed: int = 1) -> list[list[int]]:
    draw = torch.Generator().manual_seed(seed)
    lengths = torch.randint(3, 12, (count,), generator=draw).tolist()
    return [torch.randint(3, VOCABULARY, (length,), generator=draw).tolist() for length in lengths]


def methods(count: int) -> list[dict]:
    """The label says what the first token is, so that it can be found."""
    return [
        {"tokens": tokens, "labels": {"first": "low" if tokens[0] < VOCABULARY // 2 else "high", "same": "one"}}
        for tokens in sequences(count)
    ]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_states_do_not_depend_on_neighbours(architecture):
    family = tiny_family(architecture)
    all_of_them = layer_states(family, sequences(7), None, tokens_at_once=1000)
    assert all_of_them.shape[:2] == (len(family.block_names), 7)
    alone = torch.cat([layer_states(family, [one], None, tokens_at_once=1000) for one in sequences(7)], dim=1)
    torch.testing.assert_close(all_of_them, alone, rtol=1e-4, atol=1e-5)


def test_the_top_block_gives_every_row():
    family = tiny_family("llama")
    tokens = sequences(1)[0]
    top = layer_states(family, [tokens], None, tokens_at_once=1000)[-1, 0]
    group = family.group([Example("", (tokens[0],), tuple(tokens[1:]))], torch.device("cpu"))
    rows = family.run(group, None, 0, len(family.block_names))["decoder"]
    assert len(rows) == len(tokens)
    torch.testing.assert_close(top, rows.mean(0))


def test_a_probe_finds_what_is_there_and_nothing_else():
    draw = torch.Generator().manual_seed(2)
    states = torch.randn(120, 8, generator=draw)
    labels = ["left" if row[3] < 0 else "right" for row in states]
    assert probe_accuracy(states, labels) > 0.9
    shuffled = [labels[i] for i in torch.randperm(120, generator=draw)]
    assert probe_accuracy(states, shuffled) < 0.65
    assert probe_accuracy(states * 1000 + 5, labels) == pytest.approx(probe_accuracy(states, labels), abs=0.02)
    assert probe_accuracy(states, labels) == probe_accuracy(states, labels)


def test_the_majority_is_what_a_probe_has_to_beat():
    assert majority_share(["a", "b", "a", "c"]) == 0.5


def test_similarity_is_of_the_pairs_not_of_the_states():
    draw = torch.Generator().manual_seed(3)
    states = torch.randn(30, 6, generator=draw)
    rotation, _ = torch.linalg.qr(torch.randn(6, 6, generator=draw))
    assert similarity_correlation(states, 3 * states @ rotation + 1) == pytest.approx(1, abs=1e-6)
    assert abs(similarity_correlation(states, torch.randn(30, 6, generator=draw))) < 0.3
    small, large = (states + scale * torch.randn(30, 6, generator=draw) for scale in (0.1, 1.0))
    assert 0.9 < similarity_correlation(states, small) < 1
    assert similarity_correlation(states, large) < similarity_correlation(states, small)


@pytest.mark.parametrize(
    ("strategy", "unmoved"),
    [("last-decoder-block", slice(0, -1)), ("custom", slice(0, 0)), ("prefix", slice(0, 0))],
)
def test_blocks_below_what_was_trained_are_as_they_were(base_model, tmp_path, strategy, unmoved):
    base = base_model("llama")
    run(write_spec(tmp_path, base, strategy))
    analysis = analyse(base, tmp_path / "adapter", methods(24))
    similarities = [block["similarity"] for block in analysis["blocks"]]
    assert similarities[unmoved] == [1.0] * len(similarities[unmoved])
    moved = similarities[len(similarities[unmoved]) :]
    assert moved and all(similarity < 1 for similarity in moved)
    for block in analysis["blocks"][unmoved]:
        assert all(probe["before"] == probe["after"] for probe in block["probes"].values())
    assert analysis["majority"]["same"] == 1.0
    assert {block["probes"]["same"]["before"] for block in analysis["blocks"]} == {1.0}


def test_the_command_line_writes_the_analysis(base_model, tmp_path):
    base = base_model("llama")
    run(write_spec(tmp_path, base, "last-decoder-block"))
    file, out = tmp_path / "methods.jsonl", tmp_path / "layers.json"

    def start(count: int) -> subprocess.CompletedProcess:
        file.write_text("".join(json.dumps(method) + "\n" for method in methods(count)))
        arguments = ["--base", base, "--adapter", tmp_path / "adapter", "--methods", file, "--out", out]
        command = [sys.executable, "-m", "bespoke_trainer.layer_analysis", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    few = start(FEWEST_METHODS - 1)
    assert few.returncode == 2
    assert few.stderr.strip() == "Probing needs at least 20 methods, and there are 19."
    assert not out.exists()
    done = start(FEWEST_METHODS)
    assert (done.returncode, done.stdout) == (0, "")
    assert [block["block"] for block in json.loads(out.read_text())["blocks"]] == ["decoder.0", "decoder.1", "decoder.2"]
