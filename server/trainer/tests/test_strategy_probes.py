"""Short trainings of several strategies in one process, from which `auto` chooses."""

from __future__ import annotations

import io
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.failures import RunCancellation, RunFailure
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.run_spec import read_run_spec
from bespoke_trainer.strategy_probes import StrategyProbes
from event_contract import check_events
from expected_names import FROZEN_BLOCKS
from tiny_runs import PREFIX_LENGTH, run, tiny_examples, write_spec
from trainer_process import TrainerProcess

ALL = ["last-decoder-block", "telly", "prefix", "embeddings-output", "custom"]
WIRE = {
    "custom": "STRATEGY_CUSTOM",
    "embeddings-output": "STRATEGY_EMBEDDINGS_OUTPUT",
    "last-decoder-block": "STRATEGY_LAST_DECODER_BLOCK",
    "prefix": "STRATEGY_PREFIX",
    "telly": "STRATEGY_TELLY",
}


def probe_spec(folder: Path, base: Path, strategies: list[str], train: int = 6, validation: int = 2, **options: Any) -> Path:
    """The specification of a run as it is while its strategy is chosen."""
    options = {"learningRate": 0.01, "frozenBlocks": FROZEN_BLOCKS["llama"]} | options
    file = write_spec(folder, base, "custom", **options)
    fields = json.loads(file.read_text())
    del fields["strategy"]
    names = [WIRE.get(name, name) for name in strategies]
    fields["probe"] = {"strategies": names, "trainPairs": train, "validationPairs": validation}
    file.write_text(json.dumps(fields))
    return file


def probe(spec_file: Path, cancellation: Cancellation | None = None) -> list[dict[str, Any]]:
    """All events of the probes, made in this process."""
    stream = io.StringIO()
    spec = read_run_spec(spec_file)
    spec.work_dir.mkdir(parents=True, exist_ok=True)
    StrategyProbes(spec, RunEvents(stream), cancellation or Cancellation(), threads=1).run()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def of_kind(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event[kind] for event in events if kind in event]


def probed(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The probes by strategy, without what the clock says."""
    found = {}
    for event in of_kind(events, "strategyProbed"):
        points = [{name: figure for name, figure in point.items() if name != "seconds"} for point in event["points"]]
        found[event["strategy"]] = event | {"points": points}
    return found


@pytest.fixture(scope="module")
def all_probed(base_model, tmp_path_factory):
    return probe(probe_spec(tmp_path_factory.mktemp("probe"), base_model("llama"), ALL))


def test_tells_a_probe_of_each_strategy_in_order(all_probed):
    check_events([*all_probed, {"timeMs": "1", "runCancelled": {"step": 0}}])
    events = of_kind(all_probed, "strategyProbed")
    assert [event["strategy"] for event in events] == [WIRE[name] for name in ALL]
    for event in events:
        base, first = event["points"]
        assert event["trainPairs"] == 6
        assert first["validationLoss"] != base["validationLoss"]
        assert first["petaflopSeconds"] > base["petaflopSeconds"] > 0
        assert first["seconds"] > base["seconds"] > 0
    assert len({event["points"][0]["validationLoss"] for event in events}) == 1, "all start from the base's loss"
    assert not {kind for event in all_probed for kind in event} & {"trainingProgress", "checkpointWritten", "adapterWritten"}


@pytest.mark.parametrize("strategy", ALL)
def test_equals_a_probe_alone(strategy, all_probed, base_model, tmp_path):
    """Nothing of one strategy is left in the base when the next one begins."""
    alone = probed(probe(probe_spec(tmp_path, base_model("llama"), [strategy])))
    assert alone == {WIRE[strategy]: probed(all_probed)[WIRE[strategy]]}


@pytest.mark.parametrize("strategy", ALL)
def test_is_the_beginning_of_a_training_on_as_many_pairs(strategy, base_model, tmp_path):
    base = base_model("llama")
    options = {"frozenBlocks": FROZEN_BLOCKS["llama"], "learningRate": 0.01}
    whole = run(write_spec(tmp_path / "whole", base, strategy, **options))
    expected = [event["validationLoss"] for event in whole.of_kind("validationMeasured")[:2]]
    event = probed(probe(probe_spec(tmp_path / "probe", base, [strategy], 100, 100)))[WIRE[strategy]]
    assert [point["validationLoss"] for point in event["points"]] == pytest.approx(expected, rel=1e-6)
    assert event["trainPairs"] == 10
    assert event["maxEpochs"] == 3
    size = (tmp_path / "whole" / "adapter" / "adapter.safetensors").stat().st_size
    assert 0.5 * size < int(event["adapterBytes"]) < size


def test_tells_how_far_all_probes_are(all_probed):
    progress = of_kind(all_probed, "stageProgress")
    assert {one["stage"] for one in progress} == {"probe"}
    assert [one["done"] for one in progress] == sorted(one["done"] for one in progress)
    assert (progress[-1]["done"], progress[-1]["total"], progress[-1]["etaSeconds"]) == (6 * len(ALL), 6 * len(ALL), 0)


def test_leaves_nothing_on_disk(base_model, tmp_path):
    probe(probe_spec(tmp_path, base_model("llama"), ["last-decoder-block"]))
    assert not (tmp_path / "work" / "activations").exists()
    assert not list((tmp_path / "work").rglob("*.safetensors"))
    assert not (tmp_path / "adapter").exists()


def test_leaves_out_what_the_base_cannot_do(base_model, tmp_path):
    events = probe(probe_spec(tmp_path, base_model("llama"), ["telly", "custom"], frozenBlocks=99))
    (left_out,) = of_kind(events, "strategyLeftOut")
    assert (left_out["strategy"], left_out["reason"]) == ("STRATEGY_TELLY", "invalid-spec")
    assert list(probed(events)) == ["STRATEGY_CUSTOM"]


def test_leaves_out_what_would_take_too_long_at_the_speed_of_the_first(base_model, tmp_path, monkeypatch):
    monkeypatch.setattr("bespoke_trainer.strategy_probes._MOST_MINUTES", 0.0)
    events = probe(probe_spec(tmp_path, base_model("llama"), ["last-decoder-block", "custom"]))
    assert list(probed(events)) == ["STRATEGY_LAST_DECODER_BLOCK"]
    (left_out,) = of_kind(events, "strategyLeftOut")
    assert (left_out["strategy"], left_out["reason"]) == ("STRATEGY_CUSTOM", "too-slow")
    assert "minutes here; choose it in the settings" in left_out["message"]


def test_a_trainer_that_goes_on_knows_how_fast_the_probes_before_were(base_model, tmp_path):
    file = probe_spec(tmp_path, base_model("llama"), ["custom"])
    fields = json.loads(file.read_text())
    fields["probe"] |= {"earlierSeconds": 3600.0, "earlierPetaflopSeconds": 1e-9}
    file.write_text(json.dumps(fields))
    (left_out,) = of_kind(probe(file), "strategyLeftOut")
    assert (left_out["strategy"], left_out["reason"]) == ("STRATEGY_CUSTOM", "too-slow")


def test_a_limit_lets_pass_what_is_expected_to_be_faster(base_model, tmp_path, monkeypatch):
    monkeypatch.setattr("bespoke_trainer.strategy_probes._MOST_MINUTES", 5.0)
    events = probe(probe_spec(tmp_path, base_model("llama"), ["last-decoder-block", "custom"]))
    assert list(probed(events)) == ["STRATEGY_LAST_DECODER_BLOCK", "STRATEGY_CUSTOM"]


def test_leaves_out_what_does_not_fit_into_memory_and_only_that(base_model, tmp_path, monkeypatch):
    class Broken:
        def __init__(self, error: Exception) -> None:
            self._error = error

        def __call__(self, learner: Any, *_: Any) -> Any:
            raise self._error

    spec = probe_spec(tmp_path, base_model("llama"), ["prefix"])
    monkeypatch.setattr("bespoke_trainer.strategy_probes.Training", Broken(MemoryError()))
    assert [event["reason"] for event in of_kind(probe(spec), "strategyLeftOut")] == ["out-of-memory"]
    monkeypatch.setattr("bespoke_trainer.strategy_probes.Training", Broken(ValueError("a defect")))
    with pytest.raises(ValueError, match="a defect"):
        probe(spec)


def test_too_few_pairs_are_told_as_in_a_training(base_model, tmp_path):
    tiny_examples(tmp_path / "examples.jsonl", train=7)
    with pytest.raises(RunFailure) as raised:
        probe(probe_spec(tmp_path, base_model("llama"), ["custom"]))
    assert raised.value.reason == "too-few-pairs"


def test_a_cancellation_ends_it(base_model, tmp_path):
    cancelled = Cancellation()
    cancelled.raise_if_requested = lambda: (_ for _ in ()).throw(RunCancellation())
    with pytest.raises(RunCancellation):
        probe(probe_spec(tmp_path, base_model("llama"), ["custom"]), cancelled)


def test_as_a_process(base_model, tmp_path):
    process = TrainerProcess(probe_spec(tmp_path, base_model("llama"), ["prefix", "custom"]))
    assert process.exit_code() == 0
    assert list(probed(process.events())) == ["STRATEGY_PREFIX", "STRATEGY_CUSTOM"]


def test_a_process_that_is_told_to_end(base_model, tmp_path):
    process = TrainerProcess(probe_spec(tmp_path, base_model("llama"), ALL * 40))
    process.wait_for(lambda event: "strategyProbed" in event)
    process.signal(signal.SIGTERM)
    assert process.exit_code() == 143
    assert process.events()[-1]["runCancelled"] == {"step": 0}


@pytest.mark.parametrize(
    "probe_fields",
    [
        [],
        {"strategies": []},
        {"strategies": ["STRATEGY_AUTO"], "trainPairs": 6, "validationPairs": 2},
        {"strategies": ["STRATEGY_CUSTOM"], "trainPairs": 0, "validationPairs": 2},
        {"strategies": ["STRATEGY_CUSTOM"], "trainPairs": 6},
    ],
)
def test_a_damaged_probe_is_refused(probe_fields, base_model, tmp_path):
    file = probe_spec(tmp_path, base_model("llama"), ["custom"])
    file.write_text(json.dumps(json.loads(file.read_text()) | {"probe": probe_fields}))
    with pytest.raises(RunFailure) as raised:
        read_run_spec(file)
    assert raised.value.reason == "invalid-spec"


def test_no_training_has_the_strategy_auto(base_model, tmp_path):
    file = write_spec(tmp_path, base_model("llama"), "custom", prefixLength=PREFIX_LENGTH)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"strategy": "STRATEGY_AUTO"}))
    with pytest.raises(RunFailure, match="strategy must be one of"):
        read_run_spec(file)
