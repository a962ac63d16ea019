"""A stand-in for the trainer: it speaks the trainer's protocol and computes nothing.

It serves tests of what happens around a trainer (deaths, restarts, cancellation, refusals), which with a real one would take minutes.
What it does is set by the text of the file that STAND_IN_TRAINER names: a comma-separated list of `name=value`.

    steps=N           optimizer steps, one event each, a checkpoint every second one (default 4)
    step_seconds=S    how long a step takes (default 0.01)
    die_at=N          kills itself with SIGKILL at step N, once
    always_die        kills itself with SIGKILL before its first step, every time
    exit=CODE         ends with that code before its first step, without a word
    fail=REASON       says that the run failed for that reason
    stage=A+B         begins these stages, one after the other, before its first step
    tell_environment  writes its environment, as JSON, beside the file that STAND_IN_TRAINER names
    noise             writes lines that are no events
    distinct          writes an adapter of random numbers, another for each run
    worse             measures the personalized model as worse than the base
    pickle            leaves a pickle in the adapter folder
    other_base        names another base model in its manifest
    deaf              ignores SIGTERM
    probe_die_at=NAME kills itself with SIGKILL instead of probing that strategy, once
    never_fits=NAME   kills itself with SIGKILL instead of probing that strategy, every time
    no_gain           probes every strategy as worse than the base; else prefix is the best
    mute              ends at once without a probe
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path


def main() -> int:
    spec = json.loads(Path(sys.argv[1]).read_text())
    told = Path(os.environ["STAND_IN_TRAINER"])
    wanted = told.read_text() if told.exists() else ""
    behaviour = dict(part.partition("=")[::2] for part in wanted.split(",") if part)
    work = Path(spec["workDir"])
    work.mkdir(parents=True, exist_ok=True)
    (work / "processes").open("a").write(f"{os.getpid()}\n")
    if "tell_environment" in behaviour:
        Path(os.environ["STAND_IN_TRAINER"] + ".environment").write_text(json.dumps(dict(os.environ)))
    if "deaf" in behaviour:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "always_die" in behaviour:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exit" in behaviour:
        return int(behaviour["exit"])
    examples = [json.loads(line) for line in Path(spec["examplesFile"]).read_text().splitlines()]
    emit("stageStarted", stage="load", detail=f"Stand-in with {len(examples)} examples.")
    if "noise" in behaviour:
        print("a line that is no event\n[1, 2]\n{}\n", flush=True)
    if "fail" in behaviour:
        emit("runFailed", reason=behaviour["fail"], message="The stand-in was told to fail: tell it otherwise.")
        return 2
    if "probe" in spec:
        return probe(spec, work, behaviour)
    measure(examples, False, 2.0)
    for stage in behaviour["stage"].split("+") if "stage" in behaviour else []:
        emit("stageStarted", stage=stage, detail="")

    checkpoint = work / "checkpoint"
    done = int(checkpoint.read_text()) if checkpoint.exists() else 0
    steps = int(behaviour.get("steps", 4))
    for step in range(done + 1, steps + 1):
        time.sleep(float(behaviour.get("step_seconds", 0.01)))
        emit("trainingProgress", step=step, maxSteps=steps, epoch=step / steps, loss=2.0 - step / steps)
        if step % 2 == 0 and "no_checkpoints" not in behaviour:
            checkpoint.write_text(str(step))
            emit("checkpointWritten", step=step)
        if step == int(behaviour.get("die_at", 0)) and not (work / "died").exists():
            (work / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    measure(examples, True, 2.5 if "worse" in behaviour else 1.0)
    write_adapter(spec, behaviour)
    return 0


def probe(spec: dict, work: Path, behaviour: dict[str, str]) -> int:
    if "mute" in behaviour:
        return 0
    for strategy in spec["probe"]["strategies"]:
        name = strategy.removeprefix("STRATEGY_").lower()
        time.sleep(float(behaviour.get("step_seconds", 0.01)))
        dies_once = behaviour.get("probe_die_at") == name and not (work / "died").exists()
        if dies_once or behaviour.get("never_fits") in (name, "any"):
            (work / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        loss = 2.5 if "no_gain" in behaviour else 1.0 if name == "prefix" else 1.5
        points = [
            {"validationLoss": 2.0, "petaflopSeconds": 1.0, "seconds": 6.0},
            {"validationLoss": loss, "petaflopSeconds": 2.0, "seconds": 12.0},
        ]
        pairs = spec["probe"]["trainPairs"]
        emit(
            "strategyProbed", strategy=strategy, trainPairs=pairs, points=points, maxEpochs=4, adapterBytes="5000000"
        )
    return 0


def emit(name: str, **event: object) -> None:
    print(json.dumps({"timeMs": str(int(time.time() * 1000)), name: event}), flush=True)


def measure(examples: list[dict], personalized: bool, loss: float) -> None:
    for split in ("by-pair", "by-focal-class"):
        held_out = [example for example in examples if example["split"] == f"held-out-{split}"]
        if not held_out:
            continue
        pairs = [
            {"pairId": example["pairId"], "lossSum": loss * len(example["target"]), "targetTokens": len(example["target"])}
            for example in held_out
        ]
        tokens = sum(pair["targetTokens"] for pair in pairs)
        emit(
            "heldOutMeasured",
            personalized=personalized,
            split=f"HELD_OUT_SPLIT_{split.upper().replace('-', '_')}",
            measurement={"loss": loss, "perplexity": 2.718**loss, "targetTokens": str(tokens), "pairs": pairs},
        )


def write_adapter(spec: dict, behaviour: dict[str, str]) -> None:
    """A prefix of zeros that fits the base model; told to be distinct, random numbers for what the strategy changes."""
    base_manifest = (Path(spec["baseModelDir"]) / "manifest.json").read_bytes()
    base = json.loads(base_manifest)
    changed = "distinct" in behaviour and spec["strategy"] != "STRATEGY_PREFIX"
    attention = base["attention"]
    shape = [base["blocks"]["decoder"], 2, attention["keyValueHeads"], attention["headSize"]]
    names = ["prefix.decoder.keys", "prefix.decoder.values"]
    if changed:
        names = [f"model.layers.{base['blocks']['decoder'] - 1}.mlp.down_proj.weight"]
        shape = base_shape(spec, names[0])
    count = math.prod(shape)
    size = 4 * count
    entries = {
        name: {"dtype": "F32", "shape": shape, "data_offsets": [at * size, (at + 1) * size]} for at, name in enumerate(names)
    }
    header = json.dumps(entries).encode()
    header += b" " * (-len(header) % 8)
    numbers = bytes(len(names) * size)
    if "distinct" in behaviour:
        drawn = random.Random(spec["runId"])
        numbers = struct.pack(f"<{len(names) * count}f", *(drawn.gauss(0, 1) for _ in range(len(names) * count)))
    tensors = struct.pack("<Q", len(header)) + header + numbers
    size *= len(names)
    manifest = {
        "format": 1,
        "runId": spec["runId"],
        "strategy": "last-decoder-block" if changed else "prefix",
        "family": base["family"],
        "baseModelSha256": "0" * 64 if "other_base" in behaviour else hashlib.sha256(base_manifest).hexdigest(),
        "corpusSha256": spec["corpusSha256"],
        "trainedParameters": size // 4,
        "prefixLength": None if changed else 2,
        "frozenBlocks": None,
        "options": {},
        "metrics": {},
        "tensors": {name: {"shape": shape, "dtype": "F32"} for name in names},
        "files": {"adapter.safetensors": {"sha256": hashlib.sha256(tensors).hexdigest(), "bytes": len(tensors)}},
    }
    unfinished = Path(spec["adapterDir"] + ".unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "adapter.safetensors").write_bytes(tensors)
    (unfinished / "manifest.json").write_text(json.dumps(manifest))
    if "pickle" in behaviour:
        (unfinished / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    unfinished.rename(spec["adapterDir"])
    emit(
        "adapterWritten",
        bytes=str(len(tensors)),
        trainedParameters=str(size // 4),
        baseParameters=str(base["parameters"]),
        manifestSha256=hashlib.sha256(json.dumps(manifest).encode()).hexdigest(),
        trainingSeconds=0.0,
        blockChanges=[],
    )


def base_shape(spec: dict, name: str) -> list[int]:
    weights = Path(spec["baseModelDir"]) / "model.safetensors"
    with weights.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length))[name]["shape"]


if __name__ == "__main__":
    sys.exit(main())
