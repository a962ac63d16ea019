"""One training as `npm run bench -- training` times it, in a process of its own so that its peak memory is its own:
`python training_run.py ENGINE STRATEGY PRECISION BASE_MODEL_FOLDER EXAMPLES_FILE WORK_FOLDER THREADS`.

ENGINE: `bespoke`, or `hugging-face` as its users write it (Trainer; PEFT for prefixes), or `hugging-face-tuned` with bf16 and length
grouping switched on. PRECISION is that of bespoke: `float32` or `bfloat16`. Trains one epoch over the training examples, in batches of
eight. The last line of the output is a JSON object: seconds of the epoch, of filling the cache (bespoke alone), the loss of every step,
peak bytes. Loading is not timed.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

BATCH_SIZE = 8
LEARNING_RATE = 1e-4
PREFIX_LENGTH = 200
_IGNORED_LABEL = -100
_TOKENS_AT_ONCE = 2048


def bespoke(strategy: str, precision: str, base: Path, examples_file: Path, work: Path) -> dict[str, Any]:
    """The product's own loop, with its cache where the strategy has one."""
    import torch

    from bespoke_trainer.activation_cache import ActivationCache
    from bespoke_trainer.base_model_folder import WEIGHTS, load_model, open_base_model_folder
    from bespoke_trainer.checkpoints import Checkpoints
    from bespoke_trainer.examples import in_groups, read_examples
    from bespoke_trainer.families import family_of
    from bespoke_trainer.learner import Learner
    from bespoke_trainer.run_events import RunEvents
    from bespoke_trainer.run_spec import TrainingOptions
    from bespoke_trainer.strategies import STRATEGIES, hyperparameters_of
    from bespoke_trainer.training import Training

    folder = open_base_model_folder(base)
    examples = read_examples(examples_file, folder.vocabulary)
    family = family_of(load_model(folder.path), folder.tokens, getattr(torch, precision))
    options = TrainingOptions(
        learning_rate=LEARNING_RATE, max_epochs=1, batch_size=BATCH_SIZE, checkpoint_every_steps=1_000_000
    )
    chosen = STRATEGIES[strategy]
    learner = Learner(family, chosen, hyperparameters_of(chosen, family, options), examples, folder.path / WEIGHTS)
    started = time.perf_counter()
    if learner.fixed_blocks:
        cache = ActivationCache(work / "activations", "benchmark")
        ordered = sorted(examples.train, key=lambda example: (example.source, example.target))
        for group in in_groups(ordered, 4 * _TOKENS_AT_ONCE):
            learner.fill_cache(group, cache, lambda: None)
        learner.cache = cache
    fill_seconds = time.perf_counter() - started
    with (work / "events.jsonl").open("w", encoding="utf-8") as told:
        training = Training(
            learner, examples, Checkpoints(work, "benchmark"), RunEvents(told), _TOKENS_AT_ONCE, lambda: None
        )
        # The epoch alone: what comes before and after it is the same for every engine.
        order = training._epoch_order(0)  # noqa: SLF001
        started = time.perf_counter()
        for step in range(training.max_steps):
            batch = order[step * BATCH_SIZE : (step + 1) * BATCH_SIZE]
            training._step([examples.train[index] for index in batch])  # noqa: SLF001
        seconds = time.perf_counter() - started
    lines = (work / "events.jsonl").read_text(encoding="utf-8").splitlines()
    progress = [event["trainingProgress"] for event in map(json.loads, lines) if "trainingProgress" in event]
    rates = [training.learning_rate(step) for step in range(training.max_steps)]
    return {
        "seconds": seconds,
        "fillSeconds": fill_seconds,
        "losses": [event["loss"] for event in progress],
        "order": order,
        "learningRates": rates,
    }


def hugging_face(strategy: str, base: Path, examples_file: Path, work: Path, tuned: bool, trace: Path | None) -> dict[str, Any]:
    """`Trainer` with what the strategy does not train frozen; PEFT's prefix tuning, which for an encoder-decoder is the decoder's alone."""
    import torch
    import transformers

    from bespoke_trainer.base_model_folder import open_base_model_folder

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    tokens = open_base_model_folder(base).tokens
    lines = [json.loads(line) for line in examples_file.read_text(encoding="utf-8").splitlines()]
    rows = [_row(line["source"], line["target"], tokens) for line in lines if line["split"] == "train"]
    model = _with_strategy(_load(base), strategy, tokens)
    # Padding is attended to by nobody, so any token will do.
    pad = tokens.end_of_target

    def collate(batch: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
            longest = max(map(len, rows))
            return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])

        return {
            "input_ids": padded([row["input_ids"] for row in batch], pad),
            "labels": padded([row["labels"] for row in batch], _IGNORED_LABEL),
            "attention_mask": padded([[1] * len(row["input_ids"]) for row in batch], 0),
        }

    if trace is not None:
        return {"losses": _trace(model, rows, collate, json.loads(trace.read_text(encoding="utf-8")))}
    arguments = transformers.TrainingArguments(
        output_dir=str(work / "out"),
        num_train_epochs=1,
        per_device_train_batch_size=BATCH_SIZE,
        learning_rate=LEARNING_RATE,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
        bf16=tuned,
        train_sampling_strategy="group_by_length" if tuned else "random",
        remove_unused_columns=False,
    )
    trainer = transformers.Trainer(model=model, args=arguments, train_dataset=rows, data_collator=collate)
    started = time.perf_counter()
    trainer.train()
    return {"seconds": time.perf_counter() - started}


def _load(base: Path) -> Any:
    import torch
    import transformers

    config = transformers.AutoConfig.from_pretrained(base, local_files_only=True)
    kind = transformers.AutoModelForSeq2SeqLM if config.is_encoder_decoder else transformers.AutoModelForCausalLM
    return kind.from_pretrained(base, dtype=torch.float32, local_files_only=True)


def _row(source: list[int], target: list[int], tokens: Any) -> dict[str, list[int]]:
    """One example as Hugging Face takes it; an encoder-decoder shifts the labels itself to get what its decoder reads."""
    labels = [*target, tokens.end_of_target]
    if tokens.decoder_start is None:
        return {"input_ids": [*source, *labels], "labels": [_IGNORED_LABEL] * len(source) + labels}
    end_of_source = [] if tokens.end_of_source is None else [tokens.end_of_source]
    return {"input_ids": [*source, *end_of_source], "labels": labels}


def _with_strategy(model: Any, strategy: str, tokens: Any) -> Any:
    """Freezes what the product's strategy of this name does not train."""
    if strategy == "prefix":
        import peft

        task = "SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM"
        # PEFT remembers this for generation, which happens nowhere here; Transformers 5 has another name for it.
        model._prepare_encoder_decoder_kwargs_for_generation = None
        return peft.get_peft_model(model, peft.PrefixTuningConfig(task_type=task, num_virtual_tokens=PREFIX_LENGTH))
    import torch

    from bespoke_trainer.families import family_of
    from bespoke_trainer.run_spec import TrainingOptions
    from bespoke_trainer.strategies import STRATEGIES, hyperparameters_of

    chosen = STRATEGIES[strategy]
    family = family_of(model, tokens, torch.float32)
    trained = set(chosen.trained_parameters(family, hyperparameters_of(chosen, family, TrainingOptions())))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in trained)
    return model


def _trace(model: Any, rows: list[Any], collate: Any, plan: dict[str, Any]) -> list[float]:
    """The plain loop in fp32 in the given order: what each step's loss should be."""
    import torch

    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=0.0, betas=(0.9, 0.999), weight_decay=0.0)
    losses = []
    for step, rate in enumerate(plan["learningRates"]):
        for group in optimizer.param_groups:
            group["lr"] = rate
        batch = collate([rows[index] for index in plan["order"][step * BATCH_SIZE : (step + 1) * BATCH_SIZE]])
        loss = model(**batch).loss
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
    return losses


def main(arguments: list[str]) -> None:
    engine, strategy, precision, base, examples, work, threads, *trace = arguments
    import torch

    torch.set_num_threads(int(threads))
    folder = Path(work)
    folder.mkdir(parents=True, exist_ok=True)
    if engine == "bespoke":
        figures = bespoke(strategy, precision, Path(base), Path(examples), folder)
    else:
        plan = Path(trace[0]) if trace else None
        figures = hugging_face(strategy, Path(base), Path(examples), folder, engine == "hugging-face-tuned", plan)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**figures, "peakBytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1:])
