"""Real runs of the trainer on tiny base models: specification, examples, events and adapter."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.base_model import Description, manifest_of, weights_of
from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.failures import RunCancellation
from bespoke_trainer.personalization import Personalization
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.run_spec import STRATEGY_NAMES, read_run_spec
from bespoke_trainer.tensor_file import write_tensors
from tiny_checkpoints import VOCABULARY, tiny_model

PREFIX_LENGTH = 5


def tiny_base_model(architecture: str, folder: Path) -> Path:
    """What the trainer reads of a base-model folder; generation's graphs and tokenizer are not its concern."""
    model = tiny_model(architecture)
    folder.mkdir(parents=True)
    config = model.config.to_dict() | {"architectures": [type(model).__name__]}
    (folder / "config.json").write_text(json.dumps(config))
    write_tensors(folder / "model.safetensors", weights_of(model))
    manifest = manifest_of(model, Description(f"tiny-{architecture}", "Apache-2.0", "random weights"))
    manifest["files"] = {
        name: {"sha256": sha256_of_file(folder / name), "bytes": (folder / name).stat().st_size}
        for name in ("config.json", "model.safetensors")
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def tiny_examples(file: Path, train: int = 10, validation: int = 3) -> Path:
    """Pairs whose target repeats its source, of different lengths, so that there is something to learn."""
    draw = random.Random(7)
    lines = []
    counts = {"train": train, "validation": validation, "held-out-by-pair": 3, "held-out-by-focal-class": 2}
    for split, count in counts.items():
        for index in range(count):
            source = [draw.randrange(3, VOCABULARY) for _ in range(draw.randrange(3, 12))]
            target = source[: draw.randrange(1, len(source) + 1)]
            lines.append({"pairId": f"{split}-{index}", "split": split, "source": source, "target": target})
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def write_spec(folder: Path, base: Path, strategy: str, **options: Any) -> Path:
    """A specification whose work folder and adapter folder lie in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    examples = folder / "examples.jsonl"
    if not examples.exists():
        tiny_examples(examples)
    defaults = {
        "seed": "3",
        # Few steps on random weights: a prefix moves little unless it moves fast.
        "learningRate": 0.1 if strategy == "prefix" else 0.01,
        "maxEpochs": 3,
        "batchSize": 4,
        "patience": 3,
        "computeType": "float32",
        "threads": 1,
        "checkpointEverySteps": 2,
        "prefixLength": PREFIX_LENGTH,
    }
    spec = {
        "runId": "run-1",
        "baseModelDir": str(base),
        "examplesFile": str(examples),
        "workDir": str(folder / "work"),
        "adapterDir": str(folder / "adapter"),
        "strategy": next(name for name, known in STRATEGY_NAMES.items() if known == strategy),
        "options": defaults | options,
        "corpusSha256": "c0ffee",
    }
    file = folder / "spec.json"
    file.write_text(json.dumps(spec))
    return file


@dataclass
class FinishedRun:
    """What a run left."""

    personalization: Personalization
    events: list[dict[str, Any]]
    adapter: dict[str, torch.Tensor]
    manifest: dict[str, Any]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all events of one kind, in their order."""
        return [event[kind] for event in self.events if kind in event]


def run(spec_file: Path, end_after_step: int | None = None) -> FinishedRun | None:
    """Runs in this process. With `end_after_step` the run is cancelled there and the result is None."""
    stream = io.StringIO()
    spec = read_run_spec(spec_file)
    spec.work_dir.mkdir(parents=True, exist_ok=True)
    cancellation = _CancellationAfterStep(end_after_step)
    personalization = Personalization(spec, RunEvents(stream), cancellation, threads=1)
    cancellation.step_now = lambda: personalization.step
    try:
        personalization.run()
    except RunCancellation:
        assert end_after_step is not None
        return None
    assert end_after_step is None, "the run ended before the step at which it should be cancelled"
    return FinishedRun(
        personalization=personalization,
        events=[json.loads(line) for line in stream.getvalue().splitlines()],
        adapter=load_file(spec.adapter_dir / "adapter.safetensors"),
        manifest=json.loads((spec.adapter_dir / "manifest.json").read_text()),
    )


class _CancellationAfterStep(Cancellation):
    """A cancellation that comes after a step of the run instead of with a signal. None: never."""

    def __init__(self, last_step: int | None) -> None:
        super().__init__()
        self._last_step = last_step
        self.step_now: Callable[[], int] = lambda: 0

    def raise_if_requested(self) -> None:
        if self._last_step is not None and self.step_now() >= self._last_step:
            raise RunCancellation
