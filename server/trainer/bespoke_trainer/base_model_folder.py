"""Opens a base-model folder (server/BASE_MODEL_FORMAT.md). Only safetensors are read; a folder with a pickle is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.families import FAMILY_NAMES
from bespoke_trainer.families.seam import SpecialTokens

FORMAT = 1
WEIGHTS = "model.safetensors"
# A prefix that was trained on pairs of other repositories; not every base brings one.
GENERIC_PREFIX = "prefix.safetensors"
# Files that Python would unpickle, which can run any code that they name.
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}


@dataclass(frozen=True)
class TrainingDefaults:
    """How a strategy trains one base when nobody says otherwise."""

    learning_rate: float
    max_epochs: int
    patience: int


@dataclass(frozen=True)
class BaseModelFolder:
    """A folder whose files have the hashes of its manifest."""

    path: Path
    # SHA-256 of manifest.json: the base model's identity.
    sha256: str
    name: str
    family: str
    vocabulary: int
    parameters: int
    tokens: SpecialTokens
    # By strategy; one that is not there trains as strategies.py has it.
    training_defaults: dict[str, TrainingDefaults] = field(default_factory=dict)
    generic_prefix: Path | None = None


def open_base_model_folder(path: Path) -> BaseModelFolder:
    """Checks a folder. Raises RunFailure `invalid-base-model` with the cause."""
    if not path.is_dir():
        raise _invalid(path, "it does not exist")
    refuse_pickles(path)
    try:
        content = (path / "manifest.json").read_bytes()
        manifest = json.loads(content)
        if manifest["format"] != FORMAT:
            raise _invalid(path, f"its format is {manifest['format']}, this trainer reads format {FORMAT}")
        tokens = manifest["tokens"]
        folder = BaseModelFolder(
            path=path,
            sha256=sha256_of_file(path / "manifest.json"),
            name=manifest["name"],
            family=manifest["family"],
            vocabulary=manifest["vocabulary"],
            parameters=manifest["parameters"],
            tokens=SpecialTokens(tokens["endOfTarget"], tokens["endOfSource"], tokens["decoderStart"]),
            training_defaults=training_defaults_of(manifest.get("trainingDefaults", {})),
            generic_prefix=path / GENERIC_PREFIX if GENERIC_PREFIX in manifest["files"] else None,
        )
        files = manifest["files"]
    except OSError as error:
        raise _invalid(path, "it has no manifest.json") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid(path, "its manifest.json is damaged") from error
    for name in ("config.json", WEIGHTS, *([] if folder.generic_prefix is None else [GENERIC_PREFIX])):
        _check_file(path, name, files.get(name))
    return folder


def training_defaults_of(fields: dict[str, Any]) -> dict[str, TrainingDefaults]:
    """By strategy, from JSON. Raises ValueError, KeyError, TypeError or AttributeError for anything else."""
    return {
        strategy: TrainingDefaults(float(own["learningRate"]), int(own["maxEpochs"]), int(own["patience"]))
        for strategy, own in fields.items()
    }


def load_model(path: Path) -> nn.Module:
    """The Hugging Face model of a folder in fp32, from its safetensors alone, in evaluation mode (no dropout)."""
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    model_type = _model_type(path)
    is_decoder_only = FAMILY_NAMES[model_type] == "decoder-only"
    auto = transformers.AutoModelForCausalLM if is_decoder_only else transformers.AutoModelForSeq2SeqLM
    try:
        model, report = auto.from_pretrained(
            path,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise _invalid(path, f"its weights cannot be loaded ({type(error).__name__})") from error
    if report["missing_keys"] or report.get("mismatched_keys"):
        raise _invalid(path, "its weights do not fit its config.json")
    window = getattr(model.config, "sliding_window", None)
    if window is not None and window < 2048 and getattr(model.config, "use_sliding_window", True):
        raise _invalid(path, f"its attention window of {window} tokens is shorter than an input with its test")
    return model.eval().requires_grad_(False)


def refuse_pickles(path: Path) -> None:
    """Raises RunFailure when anything in the folder could be unpickled."""
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in _PICKLES:
            raise _invalid(path, f"it holds {file.name}, and a pickle can run code; only safetensors are read")


def _model_type(path: Path) -> str:
    try:
        model_type: Any = json.loads((path / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError) as error:
        raise _invalid(path, "its config.json is missing or damaged") from error
    if model_type not in FAMILY_NAMES:
        raise _invalid(path, f"its architecture is not one of {', '.join(FAMILY_NAMES)}")
    return model_type


def _check_file(path: Path, name: str, entry: Any) -> None:
    file = path / name
    if not isinstance(entry, dict) or not file.is_file():
        raise _invalid(path, f"{name} is missing")
    if file.stat().st_size != entry.get("bytes") or sha256_of_file(file) != entry.get("sha256"):
        raise _invalid(path, f"{name} is damaged: it does not have the hash that the manifest names")


def _invalid(path: Path, cause: str) -> RunFailure:
    return RunFailure(
        "invalid-base-model",
        f"The base model in {path} cannot be used: {cause}; build the folder again or choose another base model.",
    )
