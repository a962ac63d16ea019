"""The trainer as the server sees it: a process with events, signals and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from event_contract import check_events
from expected_names import FROZEN_BLOCKS
from tiny_runs import run, tiny_examples, write_spec
from trainer_process import TrainerProcess


def kind_of(event: dict) -> str:
    return next(kind for kind in event if kind != "timeMs")


def failure_of(process: TrainerProcess) -> dict:
    assert process.exit_code() == 2
    events = process.events()
    check_events(events)
    return events[-1]["runFailed"]


def test_command_line_runs_to_the_end(base_model, tmp_path):
    spec = write_spec(tmp_path, base_model("llama"), "telly", frozenBlocks=1)
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "bespoke_trainer", str(spec)], cwd=root, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    check_events(events)
    stages = [event["stageStarted"]["stage"] for event in events if "stageStarted" in event]
    assert stages == ["load", "cache-activations", "measure-base", "train", "measure-personalized", "write-adapter"]


@pytest.mark.parametrize(
    ("strategy", "architecture", "moments"),
    [
        ("telly", "llama", ["stageStarted", "checkpointWritten", "heldOutMeasured"]),
        ("last-decoder-block", "bart", ["stageStarted", "checkpointWritten", "heldOutMeasured"]),
    ],
)
def test_goes_on_after_kill_9_to_the_same_bits(strategy, architecture, moments, base_model, tmp_path):
    """Killed three times: while it computes frozen activations, in training, and before the adapter is written."""
    options = {"frozenBlocks": FROZEN_BLOCKS[architecture], "maxEpochs": 6, "patience": 6}
    uninterrupted = write_spec(tmp_path / "whole", base_model(architecture), strategy, **options)
    expected = run(uninterrupted)
    spec = write_spec(tmp_path / "killed", base_model(architecture), strategy, **options)
    for number, moment in enumerate(moments):
        process = TrainerProcess(spec)
        process.wait_for(
            lambda event: kind_of(event) == moment
            and (number != 0 or event[moment]["stage"] == "cache-activations")
            and (number != 1 or event[moment]["step"] >= 4)
            and (number != 2 or event[moment]["personalized"])
        )
        process.signal(signal.SIGKILL)
        assert process.exit_code() == -signal.SIGKILL
    process = TrainerProcess(spec)
    assert process.exit_code() == 0
    check_events(process.events())
    actual = load_file(tmp_path / "killed" / "adapter" / "adapter.safetensors")
    assert {name: tensor.numpy().tobytes() for name, tensor in actual.items()} == {
        name: tensor.numpy().tobytes() for name, tensor in expected.adapter.items()
    }
    manifest = json.loads((tmp_path / "killed" / "adapter" / "manifest.json").read_text())
    assert manifest["memorization"] == expected.manifest["memorization"]
    leftovers = [file for file in (tmp_path / "killed").iterdir() if file.name.endswith(".tmp")]
    assert leftovers == []


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_is_cancelled_within_a_step(number, exit_code, base_model, tmp_path):
    spec = write_spec(tmp_path, base_model("llama"), "custom", maxEpochs=2000, patience=2000)
    process = TrainerProcess(spec)
    process.wait_for(lambda event: kind_of(event) == "trainingProgress")
    process.signal(number)
    assert process.exit_code() == exit_code
    events = process.events()
    check_events(events)
    steps = [event["trainingProgress"]["step"] for event in events if "trainingProgress" in event]
    assert events[-1]["runCancelled"] == {"step": steps[-1]}
    assert not (tmp_path / "adapter").exists()


def test_says_that_the_disk_is_full(base_model, tmp_path):
    spec = write_spec(tmp_path, base_model("llama"), "custom")
    # Room for the small files of a run but not for a checkpoint with the optimizer's state.
    failure = failure_of(TrainerProcess(spec, most_bytes_per_file=100_000))
    assert failure["reason"] == "disk-full" and "free some space" in failure["message"]
    assert not (tmp_path / "adapter").exists()
    assert not list((tmp_path / "work").glob("*.tmp")) and not list((tmp_path / "work").glob(".*.tmp"))
    # With room again, the same run ends well.
    assert TrainerProcess(spec).exit_code() == 0


@pytest.mark.parametrize(("train", "validation"), [(7, 3), (10, 1), (0, 0)])
def test_says_that_there_are_too_few_pairs(train, validation, base_model, tmp_path):
    tiny_examples(tmp_path / "examples.jsonl", train, validation)
    failure = failure_of(TrainerProcess(write_spec(tmp_path, base_model("llama"), "telly")))
    assert failure["reason"] == "too-few-pairs"
    assert f"{train} training and {validation} validation pairs" in failure["message"]


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pt", "old.ckpt", "optimizer.pkl"])
def test_refuses_a_folder_with_a_pickle(name, base_model, tmp_path):
    folder = tmp_path / "base"
    folder.mkdir()
    for file in base_model("llama").iterdir():
        os.link(file, folder / file.name)
    (folder / name).write_bytes(b"\x80\x04.")
    failure = failure_of(TrainerProcess(write_spec(tmp_path, folder, "telly")))
    assert failure["reason"] == "invalid-base-model" and name in failure["message"]


def test_refuses_damaged_weights(base_model, tmp_path):
    folder = tmp_path / "base"
    folder.mkdir()
    for file in base_model("llama").iterdir():
        content = bytearray(file.read_bytes())
        if file.name == "model.safetensors":
            content[-1] ^= 1
        (folder / file.name).write_bytes(content)
    failure = failure_of(TrainerProcess(write_spec(tmp_path, folder, "telly")))
    assert failure["reason"] == "invalid-base-model" and "damaged" in failure["message"]


def test_says_what_is_wrong_with_a_specification(base_model, tmp_path):
    spec = write_spec(tmp_path, base_model("llama"), "telly", frozenBlocks=3)
    failure = failure_of(TrainerProcess(spec))
    assert failure == {
        "reason": "invalid-spec",
        "message": "Telly cannot freeze 3 blocks because the base model has 3; set frozenBlocks to at most 2.",
    }
