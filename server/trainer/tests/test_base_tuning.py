"""Low-rank tuning of a base: what is trained, kept, applied, and what happens to a process that dies."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.base_model_folder import GENERIC_PREFIX, load_model
from bespoke_trainer.base_tuning import PREFIX_TUNING, TUNING, main
from bespoke_trainer.examples import Example, Examples, read_examples
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.families import family_of
from bespoke_trainer.families.seam import SpecialTokens
from bespoke_trainer.learner import Learner
from bespoke_trainer.low_rank import apply_low_rank
from bespoke_trainer.prefix import initial_prefix
from bespoke_trainer.strategies import Hyperparameters, Strategy
from bespoke_trainer.tensor_file import read_tensors, write_tensors
from tiny_checkpoints import VOCABULARY, tiny_model
from tiny_runs import PREFIX_LENGTH, run, tiny_examples, write_spec

OPTIONS = ["--rank", "4", "--learning-rate", "0.01", "--epochs", "2", "--batch-size", "4", "--checkpoint-every-steps", "1"]
END = 2


def arguments(folder: Path, base: Path, out: str = "out") -> list[str]:
    folder.mkdir(exist_ok=True)
    examples = folder / "examples.jsonl"
    if not examples.exists():
        tiny_examples(examples)
    places = {"base": base, "examples": examples, "work": folder / "work", "out": folder / out}
    return [part for name, place in places.items() for part in (f"--{name}", str(place))] + OPTIONS


def tuned(folder: Path, base: Path) -> dict[str, torch.Tensor]:
    """The factors that a process of its own trained."""
    process = subprocess.run(
        [sys.executable, "-m", "bespoke_trainer.base_tuning", *arguments(folder, base)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr
    stored = read_tensors(folder / "out" / "part-01.safetensors")
    assert stored is not None
    return stored[0]


def test_tunes_and_ships_a_whole_model(base_model, tmp_path):
    base = shutil.copytree(base_model("bart"), tmp_path / "base")
    # Tokens are ids here: the tokenizer is only carried on.
    tokenizer = ["tokenizer.json", "tokenizer_config.json"]
    for name in tokenizer:
        (base / name).write_text(name)
    out = tmp_path / "run" / "out"
    assert main([*arguments(tmp_path / "run", base), "--rank", "0"]) == 0
    told = json.loads((out / TUNING).read_text())["validationLoss"]
    assert told["after"] < told["before"]
    assert {path.suffix for path in out.iterdir()} <= {".safetensors", ".json"}
    assert [(out / name).read_text() for name in tokenizer] == tokenizer

    shipped = load_model(out)
    before = dict(load_model(base).named_parameters())
    changed = {name for name, weight in shipped.named_parameters() if not torch.equal(weight, before[name])}
    assert changed == before.keys()
    assert all(torch.equal(weight, weight.bfloat16().float()) for weight in shipped.parameters())


@pytest.mark.parametrize("architecture", ["llama", "bart"])
def test_tunes_every_matrix_of_every_block_and_gains(architecture, base_model, tmp_path):
    base = base_model(architecture)
    factors = tuned(tmp_path / "run", base)
    model = load_model(base)
    matrices = {
        f"{name}.low_rank.{part}"
        for name, layer in model.named_modules()
        if isinstance(layer, torch.nn.Linear) and name != "lm_head"
        for part in ("down", "up")
    }
    assert set(factors) == matrices
    assert all(tensor.dtype == torch.bfloat16 and bool(tensor.any()) for tensor in factors.values())
    told = json.loads((tmp_path / "run" / "out" / TUNING).read_text())
    assert told["validationLoss"]["after"] < told["validationLoss"]["before"]

    before = {name: weight.clone() for name, weight in model.named_parameters()}
    apply_low_rank(model, tmp_path / "run" / "out")
    changed = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    assert changed == {name.split(".low_rank.")[0] + ".weight" for name in factors}


def test_applied_factors_give_the_losses_of_training(base_model, tmp_path):
    base = base_model("llama")
    tuned(tmp_path / "run", base)
    validation = read_examples(tmp_path / "run" / "examples.jsonl", VOCABULARY).validation
    model = load_model(base)
    apply_low_rank(model, tmp_path / "run" / "out")
    loss = _losses(model, validation)
    told = json.loads((tmp_path / "run" / "out" / TUNING).read_text())["validationLoss"]["after"]
    # The factors are kept in bf16.
    assert float(loss.mean()) == pytest.approx(told, rel=0.01)


def test_resumes_and_repeats_to_the_same_bits(base_model, tmp_path):
    base = base_model("llama")
    whole = tuned(tmp_path / "whole", base)
    process = subprocess.Popen(
        [sys.executable, "-m", "bespoke_trainer.base_tuning", *arguments(tmp_path / "killed", base)],
        cwd=Path(__file__).resolve().parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    next(line for line in process.stdout if json.loads(line).get("checkpointWritten", {}).get("step") == 2)
    process.kill()
    process.wait()
    resumed = tuned(tmp_path / "killed", base)
    assert resumed.keys() == whole.keys()
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)


def test_taught_spans_are_learned_like_targets():
    """The loss of a span is that of the same tokens as a target after the same beginning."""
    model = tiny_model("llama")
    tokens = tuple(range(10, 30))
    spans = _losses(model, [Example("a", tokens[:15], tokens[15:], ((4, 9),))])
    whole = _losses(model, [Example("b", tokens[:4], tokens[4:])])
    # Rows of the whole: tokens 4 to 19 and the end. Taught: 4 to 8, then 15 to 19 and the end.
    torch.testing.assert_close(spans, torch.cat((whole[0:5], whole[11:])))


def test_refuses_damaged_factors_and_those_of_another_base(base_model, tmp_path):
    tuned(tmp_path / "run", base_model("llama"))
    out = tmp_path / "run" / "out"
    with pytest.raises(RunFailure, match="do not fit the base model"):
        apply_low_rank(load_model(base_model("bart")), out)
    piece = out / "part-01.safetensors"
    content = bytearray(piece.read_bytes())
    content[-1] ^= 1
    piece.write_bytes(bytes(content))
    with pytest.raises(RunFailure, match="damaged"):
        apply_low_rank(load_model(base_model("llama")), out)
    piece.unlink()
    with pytest.raises(RunFailure, match="holds no part"):
        apply_low_rank(load_model(base_model("llama")), out)


def test_says_what_is_wrong_with_the_examples(base_model, tmp_path, capfd):
    given = arguments(tmp_path / "run", base_model("llama"))
    (tmp_path / "run" / "examples.jsonl").write_text("no example\n")
    assert main(given) == 2
    assert "line 1 is no training example" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("architecture", "split", "cause"),
    [("bart", "train", "cannot predict"), ("llama", "validation", "only training pairs")],
)
def test_refuses_taught_spans_that_cannot_be_learned(architecture, split, cause, base_model, tmp_path, capfd):
    given = arguments(tmp_path / "run", base_model(architecture))
    file = tmp_path / "run" / "examples.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    next(line for line in lines if line["split"] == split)["taughtSpans"] = [[1, 2]]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(given) == 2
    assert cause in capfd.readouterr().out


@pytest.mark.parametrize("architecture", ["llama", "bart"])
def test_ships_a_generic_prefix_that_prefixes_start_from(architecture, base_model, tmp_path):
    base = shutil.copytree(base_model(architecture), tmp_path / "base")
    length = ["--rank", "0", "--prefix-length", str(PREFIX_LENGTH), "--learning-rate", "0.1", "--epochs", "8"]
    assert main([*arguments(tmp_path / "run", base), *length]) == 0
    told = json.loads((tmp_path / "run" / "out" / PREFIX_TUNING).read_text())["validationLoss"]
    assert told["after"] < told["before"]

    shutil.copyfile(tmp_path / "run" / "out" / GENERIC_PREFIX, base / GENERIC_PREFIX)
    manifest = json.loads((base / "manifest.json").read_text())
    manifest["files"][GENERIC_PREFIX] = {
        "sha256": sha256_of_file(base / GENERIC_PREFIX),
        "bytes": (base / GENERIC_PREFIX).stat().st_size,
    }
    (base / "manifest.json").write_text(json.dumps(manifest))

    def started(**options: object) -> dict[str, torch.Tensor]:
        """A prefix that a run barely moved."""
        folder = tmp_path / f"{options}"
        return run(write_spec(folder, base, "prefix", maxEpochs=1, learningRate=1e-9, **options)).adapter

    generic = load_file(base / GENERIC_PREFIX)
    assert all(torch.allclose(tensor, generic[name], atol=1e-6) for name, tensor in started().items())
    words = started(prefixStart="words")
    assert not any(torch.allclose(tensor, generic[name], atol=1e-3) for name, tensor in words.items())
    other = started(prefixLength=PREFIX_LENGTH + 1)
    assert all(tensor.shape[1] == PREFIX_LENGTH + 1 for tensor in other.values()), "of another length words are the start"


def test_refuses_a_generic_start_of_a_base_without_one(base_model, tmp_path):
    spec = write_spec(tmp_path, base_model("bart"), "prefix", prefixStart="generic")
    with pytest.raises(RunFailure, match="brings no generic prefix"):
        run(spec)


def test_refuses_a_generic_prefix_of_another_base(base_model, tmp_path):
    base = base_model("bart")
    family = family_of(load_model(base), SpecialTokens(END, END, END), torch.float32)
    write_tensors(tmp_path / GENERIC_PREFIX, {"prefix.key": torch.zeros(1, 2, 1, 1)})
    examples = [Example("one", (3, 4), (5,))]
    with pytest.raises(RunFailure, match="is not one of this base model"):
        initial_prefix(family, examples, 2, tmp_path / GENERIC_PREFIX)

def _losses(model: torch.nn.Module, examples: list[Example]) -> torch.Tensor:
    family = family_of(model, SpecialTokens(END, None, None), torch.float32)
    strategy = Strategy("low-rank", lambda *_: [], lambda *_: None, 0.1, 1, 1, 1)
    hyperparameters = Hyperparameters(0, 0.1, 1, 1, 1, 1)
    learner = Learner(family, strategy, hyperparameters, Examples(examples, [], {}, ""), Path())
    with torch.no_grad():
        return learner.losses(learner.group(examples))
