"""Tunes a base model for writing tests: `python -m bespoke_trainer.base_tuning --base DIR --examples FILE --work DIR --out DIR`.

Trains low-rank changes of every block's matrices (low_rank.py), or every parameter where the rank is 0, or a generic prefix (prefix.py) and
nothing else, with the loop that trains adapters: resumable, the best validation loss wins. A model that was fetched is shipped as its changes;
one of the project's own, as a Hugging Face checkpoint in bf16 and in pieces. Events go to standard output, one JSON object a line. Exit codes are those of a run (`__main__.py`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bespoke_trainer.base_command import BaseCommand, run_base_command
from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.hardware import best_compute_type, free_cores, set_thread_environment
from bespoke_trainer.run_events import RunEvents
from bespoke_trainer.work_folder import remembered_threads

TUNING = "tuning.json"
PREFIX_TUNING = "prefix-tuning.json"
# A piece stays below what repositories of source code store well.
_MOST_PIECE = "15MB"


@dataclass(frozen=True)
class TuningOptions:
    """How a base is tuned. The defaults are those of the shipped one (EXPERIMENTS.md)."""

    # 0: every parameter is trained and the whole model is written.
    rank: int = 32
    # Virtual tokens; above 0, a generic prefix of so many is trained and nothing of the base is changed.
    prefix_length: int = 0
    learning_rate: float = 1.5e-3
    epochs: int = 1
    batch_size: int = 8
    seed: int = 0
    checkpoint_every_steps: int = 20


def tune(
    base: Path, examples_file: Path, work: Path, out: Path, options: TuningOptions, events: RunEvents, cancel: Cancellation
) -> None:
    """Writes the changes, or the model, and tuning.json, which says what they were trained from, to `out`."""
    threads = remembered_threads(work, free_cores)
    set_thread_environment(threads)
    import torch

    from bespoke_trainer.base_model_folder import GENERIC_PREFIX, WEIGHTS, load_model, open_base_model_folder
    from bespoke_trainer.checkpoints import Checkpoints
    from bespoke_trainer.examples import read_examples
    from bespoke_trainer.families import family_of
    from bespoke_trainer.input_use import loss_with_other_inputs
    from bespoke_trainer.learner import Learner
    from bespoke_trainer.low_rank import attach_low_rank, write_low_rank
    from bespoke_trainer.strategies import STRATEGIES, Hyperparameters, Strategy
    from bespoke_trainer.tensor_file import write_tensors
    from bespoke_trainer.training import Training

    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    events.stage_started("load", "Check and load the base model and the training examples.")
    folder = open_base_model_folder(base)
    examples = read_examples(examples_file, folder.vocabulary)
    compute_type = best_compute_type()
    model = load_model(folder.path)
    family = family_of(model, folder.tokens, getattr(torch, compute_type))
    if family.encoder_blocks and any(example.taught_spans for example in examples.train):
        raise RunFailure(
            "invalid-spec",
            f"The examples teach parts of their source, which {folder.name} with its encoder cannot predict; make them without.",
        )
    strategy = STRATEGIES["prefix" if options.prefix_length > 0 else "custom"]
    if options.rank > 0 and options.prefix_length == 0:
        matrices = [name for block in range(len(family.block_names)) for name in family.block_parameters(block)]
        names = attach_low_rank(model, matrices, options.rank, options.seed)
        strategy = Strategy("low-rank", lambda *_: names, lambda *_: None, options.learning_rate, 1, 1, 1)
    model.to(device)
    hyperparameters = Hyperparameters(
        seed=options.seed,
        learning_rate=options.learning_rate,
        max_epochs=options.epochs,
        batch_size=options.batch_size,
        patience=options.epochs,
        checkpoint_every_steps=options.checkpoint_every_steps,
        prefix_length=options.prefix_length or None,
    )
    learner = Learner(family, strategy, hyperparameters, examples, folder.path / WEIGHTS)
    identity = [folder.sha256, examples.sha256, compute_type, json.dumps(asdict(options))]
    fingerprint = hashlib.sha256("\n".join(identity).encode()).hexdigest()
    tokens_at_once = 16384 if device.type == "cuda" else 2048
    training = Training(
        learner, examples, Checkpoints(work, fingerprint), events, tokens_at_once, cancel.raise_if_requested
    )
    training.resume()
    events.stage_started("train", f"Tune {folder.name} on {len(examples.train)} pairs, at most {training.max_steps} steps.")
    training.train()

    events.stage_started("write-adapter", "Write what was tuned.")
    progress = training.progress
    other_inputs = loss_with_other_inputs(learner, examples.validation, tokens_at_once, cancel.raise_if_requested)
    description = {
        "base": folder.name,
        "baseModelSha256": folder.sha256,
        "examplesSha256": examples.sha256,
        "options": {**asdict(options), "computeType": compute_type},
        "pairs": len(examples.train),
        "validationLoss": {
            "before": progress.base_validation_loss,
            "after": progress.best_validation_loss,
            "afterWithOtherInputs": other_inputs,
        },
        "steps": progress.step,
        "trainingSeconds": round(progress.training_seconds),
    }
    trained = {name: parameter.detach().cpu() for name, parameter in learner.trained.items()}
    if options.prefix_length > 0:
        out.mkdir(parents=True, exist_ok=True)
        write_tensors(out / GENERIC_PREFIX, trained, {"base": folder.name})
    elif options.rank > 0:
        write_low_rank(out, trained, {"base": folder.name})
    else:
        model.cpu().bfloat16().save_pretrained(out, max_shard_size=_MOST_PIECE)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copyfile(folder.path / file, out / file)
    record = TUNING if options.prefix_length == 0 else PREFIX_TUNING
    (out / record).write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


_COMMAND = BaseCommand(
    module="bespoke_trainer.base_tuning",
    description="Tune a base model for tests.",
    paths={
        "base": "base-model folder to tune",
        "examples": "training examples with the splits train and validation",
        "work": "folder for checkpoints; the same folder resumes",
        "out": "folder for what is tuned",
    },
    defaults=TuningOptions(),
)


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit code."""
    return run_base_command(
        _COMMAND,
        arguments,
        lambda paths, options, events, cancel: tune(paths["base"], paths["examples"], paths["work"], paths["out"], options, events, cancel),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
