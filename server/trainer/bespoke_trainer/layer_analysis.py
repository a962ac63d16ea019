"""Looks into the layers of a model before and after a personalization (paper T): what a linear probe finds in each, and how far each moved.

`python -m bespoke_trainer.layer_analysis --base DIR --adapter DIR --methods FILE --out FILE`. The methods are JSON Lines with `tokens` (ids
without special tokens) and `labels` (property → class). Writes one JSON object; prints nothing on standard output.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bespoke_trainer.atomic_files import atomic_file
from bespoke_trainer.failures import failure_of
from bespoke_trainer.hardware import best_compute_type, free_cores, set_thread_environment

FEWEST_METHODS = 20
_TOKENS_AT_ONCE = 2048


def analyse(base: Path, adapter: Path, methods: list[dict[str, Any]], seed: int = 0) -> dict[str, Any]:
    """For every block its similarity to what it was and, by property, the probes' accuracies before and after."""
    import torch

    from bespoke_trainer.base_model_folder import load_model, open_base_model_folder
    from bespoke_trainer.families import family_of
    from bespoke_trainer.layer_states import apply_adapter, layer_states
    from bespoke_trainer.probes import majority_share, probe_accuracy, similarity_correlation

    if len(methods) < FEWEST_METHODS:
        raise ValueError(f"Probing needs at least {FEWEST_METHODS} methods, and there are {len(methods)}.")
    folder = open_base_model_folder(base)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    compute_type = {"float32": torch.float32, "bfloat16": torch.bfloat16}[best_compute_type()]
    family = family_of(load_model(folder.path).to(device), folder.tokens, compute_type)
    sequences = [method["tokens"] for method in methods]
    before = layer_states(family, sequences, None, _TOKENS_AT_ONCE)
    prefix = apply_adapter(family, adapter)
    after = layer_states(family, sequences, prefix, _TOKENS_AT_ONCE)

    # Thousands of small fits: a second thread would mostly wait for the first, the more so beside other work.
    torch.set_num_threads(1)
    properties = {name: [method["labels"][name] for method in methods] for name in methods[0]["labels"]}
    blocks = []
    for block, name in enumerate(family.block_names):
        moved = not torch.equal(before[block], after[block])
        probes = {}
        for prop, labels in properties.items():
            accuracy = probe_accuracy(before[block], labels, seed)
            probes[prop] = {
                "before": accuracy,
                "after": probe_accuracy(after[block], labels, seed) if moved else accuracy,
            }
        similarity = similarity_correlation(before[block], after[block]) if moved else 1.0
        blocks.append({"block": name, "similarity": similarity, "probes": probes})
    return {
        "methods": len(methods),
        "majority": {name: majority_share(labels) for name, labels in properties.items()},
        "blocks": blocks,
    }


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bespoke_trainer.layer_analysis", description="Probe the layers of a model.")
    for name, text in (
        ("base", "base-model folder"),
        ("adapter", "adapter folder"),
        ("methods", "JSON Lines of methods with tokens and labels"),
        ("out", "file for the analysis"),
    ):
        parser.add_argument(f"--{name}", type=Path, required=True, help=text)
    chosen = parser.parse_args(arguments)
    set_thread_environment(free_cores())
    try:
        methods = [json.loads(line) for line in chosen.methods.read_text(encoding="utf-8").splitlines() if line.strip()]
        analysis = analyse(chosen.base.absolute(), chosen.adapter.absolute(), methods)
        with atomic_file(chosen.out.absolute()) as file:
            file.write((json.dumps(analysis) + "\n").encode())
        return 0
    except ValueError as error:
        print(error, file=sys.stderr)
    except Exception as error:
        print(failure_of(error).message, file=sys.stderr)
        if failure_of(error).reason == "internal":
            raise
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
