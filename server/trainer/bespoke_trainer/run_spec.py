"""The run's specification: message RunSpec of proto/bespoke/v1/trainer.proto, read from proto JSON."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bespoke_trainer.failures import RunFailure

# Names of bespoke.v1.Strategy as proto JSON writes them, by number and by name, and the names used everywhere else.
STRATEGY_NAMES = {
    "STRATEGY_CUSTOM": "custom",
    "STRATEGY_EMBEDDINGS_OUTPUT": "embeddings-output",
    "STRATEGY_LAST_DECODER_BLOCK": "last-decoder-block",
    "STRATEGY_PREFIX": "prefix",
    "STRATEGY_TELLY": "telly",
}
_STRATEGY_NUMBERS = {number: name for number, name in enumerate(STRATEGY_NAMES.values(), start=1)}


@dataclass(frozen=True)
class TrainingOptions:
    """What the user set. None: the strategy's default (strategies.py). Fields are those of message TrainingOptions."""

    seed: int | None = None
    learning_rate: float | None = None
    max_epochs: int | None = None
    batch_size: int | None = None
    patience: int | None = None
    prefix_length: int | None = None
    frozen_blocks: int | None = None
    # `generic` or `words` (prefix.py); None: the base's generic prefix where it brings one, else words.
    prefix_start: str | None = None
    compute_type: str | None = None
    cache_activations: bool | None = None
    threads: int | None = None
    checkpoint_every_steps: int | None = None


@dataclass(frozen=True)
class ProbeSpec:
    """Message ProbeSpec: short trainings instead of one whole one."""

    strategies: tuple[str, ...]
    train_pairs: int
    validation_pairs: int
    # Of the probes of earlier processes of the run.
    earlier_seconds: float = 0.0
    earlier_petaflop_seconds: float = 0.0


@dataclass(frozen=True)
class RunSpec:
    """Everything a training process needs. Paths are absolute."""

    run_id: str
    base_model_dir: Path
    examples_file: Path
    work_dir: Path
    adapter_dir: Path
    # Empty when `probe` is set.
    strategy: str
    options: TrainingOptions
    corpus_sha256: str
    probe: ProbeSpec | None = None

    def fingerprint(self) -> str:
        """Identity of what is computed. A checkpoint of another fingerprint belongs to another run."""
        options = asdict(self.options)
        # How often a checkpoint is written does not change what is computed.
        del options["checkpoint_every_steps"]
        parts = [self.run_id, self.strategy, self.corpus_sha256, options]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read_run_spec(path: Path) -> RunSpec:
    """Reads a RunSpec. Raises RunFailure `invalid-spec` with the field that is wrong."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _invalid(f"the file {path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise _invalid(f"the file {path} is not JSON") from error
    if not isinstance(fields, dict):
        raise _invalid(f"the file {path} holds no JSON object")
    run_id = _field(fields, "runId", str)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,127}", run_id):
        raise _invalid("runId must be a lower-case identifier")
    probe = _probe(fields.get("probe"))
    return RunSpec(
        run_id=run_id,
        base_model_dir=_path(fields, "baseModelDir"),
        examples_file=_path(fields, "examplesFile"),
        work_dir=_path(fields, "workDir"),
        adapter_dir=_path(fields, "adapterDir"),
        strategy=_strategy(fields.get("strategy")) if probe is None else "",
        options=_options(fields.get("options") or {}),
        corpus_sha256=_field(fields, "corpusSha256", str, default=""),
        probe=probe,
    )


def wire_strategy(name: str) -> str:
    """The name of bespoke.v1.Strategy in proto JSON."""
    return next(wire for wire, known in STRATEGY_NAMES.items() if known == name)


def _options(fields: Any) -> TrainingOptions:
    if not isinstance(fields, dict):
        raise _invalid("options must be an object")
    options = TrainingOptions(
        seed=_integer(fields, "seed", least=0),
        learning_rate=_number(fields, "learningRate"),
        max_epochs=_integer(fields, "maxEpochs", least=1),
        batch_size=_integer(fields, "batchSize", least=1),
        patience=_integer(fields, "patience", least=1),
        prefix_length=_integer(fields, "prefixLength", least=1),
        frozen_blocks=_integer(fields, "frozenBlocks", least=0),
        prefix_start=fields.get("prefixStart"),
        compute_type=fields.get("computeType"),
        cache_activations=fields.get("cacheActivations"),
        threads=_integer(fields, "threads", least=1),
        checkpoint_every_steps=_integer(fields, "checkpointEverySteps", least=1),
    )
    if options.prefix_start not in (None, "generic", "words"):
        raise _invalid("options.prefixStart must be generic or words")
    if options.compute_type not in (None, "float32", "bfloat16"):
        raise _invalid("options.computeType must be float32 or bfloat16")
    if options.cache_activations not in (None, True, False):
        raise _invalid("options.cacheActivations must be true or false")
    return options


def _probe(fields: Any) -> ProbeSpec | None:
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise _invalid("probe must be an object")
    strategies = fields.get("strategies")
    if not isinstance(strategies, list) or not strategies:
        raise _invalid("probe.strategies names no strategy")
    return ProbeSpec(
        strategies=tuple(_strategy(strategy) for strategy in strategies),
        train_pairs=_required_integer(fields, "trainPairs"),
        validation_pairs=_required_integer(fields, "validationPairs"),
        earlier_seconds=_amount(fields, "earlierSeconds"),
        earlier_petaflop_seconds=_amount(fields, "earlierPetaflopSeconds"),
    )


def _required_integer(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _invalid(f"probe.{name} must be an integer of at least 1")
    return value


def _amount(fields: dict[str, Any], name: str) -> float:
    value = fields.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise _invalid(f"probe.{name} must be a number of at least 0")
    return float(value)


def _strategy(value: Any) -> str:
    name = _STRATEGY_NUMBERS.get(value) if isinstance(value, int) else STRATEGY_NAMES.get(str(value))
    if name is None:
        raise _invalid(f"strategy must be one of {', '.join(STRATEGY_NAMES)}")
    return name


def _field(fields: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    value = fields.get(name, default)
    if not isinstance(value, kind):
        raise _invalid(f"{name} is missing or is no {kind.__name__}")
    return value


def _path(fields: dict[str, Any], name: str) -> Path:
    path = Path(_field(fields, name, str))
    if not path.is_absolute():
        raise _invalid(f"{name} must be an absolute path")
    return path


def _integer(fields: dict[str, Any], name: str, least: int) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    # Proto JSON writes 64-bit integers as strings.
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _invalid(f"options.{name} must be an integer of at least {least}")
    return value


def _number(fields: dict[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        raise _invalid(f"options.{name} must be a number between 0 and 1")
    return float(value)


def _invalid(cause: str) -> RunFailure:
    return RunFailure("invalid-spec", f"The run's specification is invalid: {cause}; send a corrected one.")
