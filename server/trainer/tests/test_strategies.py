"""The strategy suite: the same questions to every strategy on every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from bespoke_trainer.base_model_folder import load_model, open_base_model_folder
from bespoke_trainer.examples import read_examples
from bespoke_trainer.families import family_of
from bespoke_trainer.learner import Learner
from bespoke_trainer.measuring import measure
from bespoke_trainer.run_spec import read_run_spec
from bespoke_trainer.strategies import STRATEGIES, hyperparameters_of
from event_contract import check_events
from expected_names import EXPECTED_NAMES, FROZEN_BLOCKS
from hugging_face_losses import hugging_face_losses
from tiny_runs import FinishedRun, run, tiny_examples, write_spec

CASES = [(strategy, architecture) for architecture in EXPECTED_NAMES for strategy in STRATEGIES]
LOSSES = {
    "trainingProgress": lambda event: event["loss"],
    "validationMeasured": lambda event: event["validationLoss"],
    "heldOutMeasured": lambda event: event["measurement"]["loss"],
}
CACHED = [case for case in CASES if case[0] in ("last-decoder-block", "telly")]


def spec_of(folder: Path, base: Path, strategy: str, architecture: str, **options: object) -> Path:
    return write_spec(folder, base, strategy, frozenBlocks=FROZEN_BLOCKS[architecture], **options)


@pytest.fixture(scope="module")
def finished(base_model, tmp_path_factory):
    """The uninterrupted run of a case, made once."""
    runs: dict[tuple[str, str], FinishedRun] = {}

    def of(strategy: str, architecture: str) -> FinishedRun:
        if (strategy, architecture) not in runs:
            folder = tmp_path_factory.mktemp(f"{strategy}-{architecture}")
            runs[strategy, architecture] = run(spec_of(folder, base_model(architecture), strategy, architecture))
        return runs[strategy, architecture]

    return of


def learner_of(spec_file: Path) -> Learner:
    spec = read_run_spec(spec_file)
    folder = open_base_model_folder(spec.base_model_dir)
    family = family_of(load_model(folder.path), folder.tokens, torch.float32)
    strategy = STRATEGIES[spec.strategy]
    examples = read_examples(spec.examples_file, folder.vocabulary)
    hyperparameters = hyperparameters_of(strategy, family, spec.options)
    return Learner(family, strategy, hyperparameters, examples, folder.path / "model.safetensors")


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_trains_exactly_its_parameters(strategy, architecture, base_model, tmp_path):
    learner = learner_of(spec_of(tmp_path, base_model(architecture), strategy, architecture))
    assert set(learner.trained) == EXPECTED_NAMES[architecture][strategy]
    in_model = {name for name, parameter in learner.family.model.named_parameters() if parameter.requires_grad}
    assert in_model == {name for name in learner.trained if not name.startswith("prefix.")}


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_leaves_the_rest_bit_identical(strategy, architecture, finished, base_model, tmp_path):
    base = load_file(base_model(architecture) / "model.safetensors")
    done = finished(strategy, architecture)
    learner = done.personalization._training._learner
    now = dict(learner.family.model.named_parameters())
    trained = {name for name in done.adapter if not name.startswith("prefix.")}
    assert all(torch.equal(now[name], base[name]) for name in now.keys() - trained)
    assert all(torch.equal(now[name], done.adapter[name]) for name in trained)


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_saves_exactly_what_it_trains(strategy, architecture, finished, base_model):
    done = finished(strategy, architecture)
    assert set(done.adapter) == EXPECTED_NAMES[architecture][strategy]
    assert set(done.manifest["tensors"]) == set(done.adapter)
    base = load_file(base_model(architecture) / "model.safetensors")
    for name, tensor in done.adapter.items():
        assert done.manifest["tensors"][name] == {"shape": list(tensor.shape), "dtype": "F32"}
        assert name.startswith("prefix.") or tensor.shape == base[name].shape
    assert done.manifest["trainedParameters"] == sum(tensor.numel() for tensor in done.adapter.values())
    assert done.manifest["strategy"] == strategy


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_lowers_the_training_loss(strategy, architecture, finished):
    losses = [event["loss"] for event in finished(strategy, architecture).of_kind("trainingProgress")]
    assert sum(losses[-3:]) < sum(losses[:3])


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_reloads_to_the_same_losses(strategy, architecture, finished, base_model, tmp_path):
    done = finished(strategy, architecture)
    spec_file = spec_of(tmp_path, base_model(architecture), strategy, architecture)
    learner = learner_of(spec_file)
    learner.load_trained(done.adapter)
    held_out = read_examples(read_run_spec(spec_file).examples_file, 64).held_out["held-out-by-focal-class"]
    reloaded = [pair.loss_sum for pair in measure(learner, held_out, 2048, lambda: None).pairs]
    reported = [pair["lossSum"] for pair in done.of_kind("heldOutMeasured")[3]["measurement"]["pairs"]]
    assert reloaded == pytest.approx(reported, rel=1e-6)
    if not (strategy == "prefix" and architecture in ("bart", "t5")):
        # Hugging Face's own forward pass, which knows no prefix in an encoder.
        other = hugging_face_losses(load_model(base_model(architecture)), done.adapter, held_out)
        assert other == pytest.approx(reported, rel=1e-4)


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
@pytest.mark.parametrize("step", [0, 1, 5])
def test_resumes_to_the_same_bits(strategy, architecture, step, finished, base_model, tmp_path):
    spec = spec_of(tmp_path, base_model(architecture), strategy, architecture)
    assert run(spec, end_after_step=step) is None
    check_same_bits(run(spec), finished(strategy, architecture))


@pytest.mark.parametrize(("strategy", "architecture"), CACHED)
def test_cached_equals_uncached(strategy, architecture, finished, base_model, tmp_path):
    cached = finished(strategy, architecture)
    learner = cached.personalization._training._learner
    examples = read_examples(tiny_examples(tmp_path / "examples.jsonl"), 64).all()
    group = learner.group(examples)
    expected = learner.family.run(group, None, 0, learner.fixed_blocks)
    actual = learner.cache.state(group, learner.device)
    assert actual.keys() == expected.keys()
    for stack in expected:
        torch.testing.assert_close(actual[stack], expected[stack], rtol=1e-4, atol=1e-5)

    uncached = run(spec_of(tmp_path, base_model(architecture), strategy, architecture, cacheActivations=False))
    assert not (tmp_path / "work" / "activations").exists()
    # Rows of another group are summed in another order, so the runs are equal to rounding.
    for kind, loss_of in LOSSES.items():
        losses = [loss_of(event) for event in uncached.of_kind(kind)]
        assert losses == pytest.approx([loss_of(event) for event in cached.of_kind(kind)], rel=1e-4)


@pytest.mark.parametrize(("strategy", "architecture"), CASES)
def test_tells_what_happens_as_the_contract_says(strategy, architecture, finished):
    check_events(finished(strategy, architecture).events)


def check_same_bits(actual: FinishedRun, expected: FinishedRun) -> None:
    assert actual.adapter.keys() == expected.adapter.keys()
    for name, tensor in expected.adapter.items():
        assert torch.equal(actual.adapter[name], tensor), name
    assert actual.of_kind("heldOutMeasured") == expected.of_kind("heldOutMeasured")
    assert actual.manifest["memorization"] == expected.manifest["memorization"]
    metrics = ("bestValidationLoss", "bestStep", "steps", "epochs", "petaflopSeconds")
    for name in metrics:
        assert actual.manifest["metrics"][name] == expected.manifest["metrics"][name], name

