"""What happens in a run, as message RunEvent of proto/bespoke/v1/trainer.proto: one proto JSON object per line."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Literal, TextIO

from bespoke_trainer.examples import HELD_OUT_SPLITS
from bespoke_trainer.run_spec import wire_strategy

Stage = Literal["load", "probe", "measure-base", "cache-activations", "train", "measure-personalized", "write-adapter"]


class RunEvents:
    """Writes events to the stream that the server reads. 64-bit integers are strings, as proto JSON wants them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def stage_started(self, stage: Stage, detail: str) -> None:
        self._write("stageStarted", {"stage": stage, "detail": detail})
        print(f"{stage}: {detail}", file=sys.stderr, flush=True)

    def stage_progress(self, stage: Stage, done: int, total: int, eta_seconds: float) -> None:
        """`done` of `total` pairs."""
        self._write("stageProgress", {"stage": stage, "done": done, "total": total, "etaSeconds": eta_seconds})

    def training_progress(
        self,
        step: int,
        max_steps: int,
        epoch: float,
        loss: float,
        tokens_per_second: float,
        eta_seconds: float,
        petaflop_seconds: float,
    ) -> None:
        self._write(
            "trainingProgress",
            {
                "step": step,
                "maxSteps": max_steps,
                "epoch": epoch,
                "loss": _number(loss),
                "tokensPerSecond": tokens_per_second,
                "etaSeconds": eta_seconds,
                "petaflopSeconds": petaflop_seconds,
            },
        )

    def validation_measured(
        self, step: int, epoch: float, validation_loss: float, best: bool, petaflop_seconds: float
    ) -> None:
        self._write(
            "validationMeasured",
            {
                "step": step,
                "epoch": epoch,
                "validationLoss": _number(validation_loss),
                "best": best,
                "petaflopSeconds": petaflop_seconds,
            },
        )

    def checkpoint_written(self, step: int) -> None:
        self._write("checkpointWritten", {"step": step})

    def strategy_probed(
        self, strategy: str, train_pairs: int, points: list[dict[str, float]], max_epochs: int, adapter_bytes: int
    ) -> None:
        """`points` are messages ProbePoint in proto JSON."""
        told = [{name: _number(figure) for name, figure in point.items()} for point in points]
        self._write(
            "strategyProbed",
            {
                "strategy": wire_strategy(strategy),
                "trainPairs": train_pairs,
                "points": told,
                "maxEpochs": max_epochs,
                "adapterBytes": str(adapter_bytes),
            },
        )

    def strategy_left_out(self, strategy: str, reason: str, message: str) -> None:
        self._write(
            "strategyLeftOut", {"strategy": wire_strategy(strategy), "reason": reason, "message": message}
        )

    def held_out_measured(self, personalized: bool, split: str, measurement: dict[str, Any]) -> None:
        """`split` is one of HELD_OUT_SPLITS; `measurement` is message Measurement in proto JSON (measuring.py makes it)."""
        fields = {"personalized": personalized, "measurement": measurement, "split": HELD_OUT_SPLITS[split]}
        self._write("heldOutMeasured", fields)

    def adapter_written(
        self,
        byte_count: int,
        trained_parameters: int,
        base_parameters: int,
        manifest_sha256: str,
        training_seconds: float,
        block_changes: dict[str, float],
    ) -> None:
        changes = [{"block": block, "meanAbsoluteChange": change} for block, change in block_changes.items()]
        self._write(
            "adapterWritten",
            {
                "bytes": str(byte_count),
                "trainedParameters": str(trained_parameters),
                "baseParameters": str(base_parameters),
                "manifestSha256": manifest_sha256,
                "trainingSeconds": training_seconds,
                "blockChanges": changes,
            },
        )

    def run_failed(self, reason: str, message: str) -> None:
        self._write("runFailed", {"reason": reason, "message": message})

    def run_cancelled(self, step: int) -> None:
        self._write("runCancelled", {"step": step})

    def _write(self, name: str, event: dict[str, Any]) -> None:
        line = json.dumps({"timeMs": str(time.time_ns() // 1_000_000), name: event}, allow_nan=False)
        self._stream.write(line + "\n")
        self._stream.flush()


def reserve_standard_output() -> TextIO:
    """Takes standard output for events alone: whatever else a library prints goes to standard error."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return stream


def _number(value: float) -> float | str:
    """Proto JSON has words for what JSON cannot write as a number."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
