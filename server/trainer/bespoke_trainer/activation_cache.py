"""Activations under the lowest trained block, computed once and kept on disk.

They are the same in every epoch, since nothing below changes and no dropout is used, and they survive a crash of the process. A
shard is one group of examples; its name is a hash of everything that its values depend on, so a file of that name with the right
checksum is right, and any other is computed again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from safetensors import safe_open

from bespoke_trainer.examples import Example
from bespoke_trainer.families.seam import Group, State
from bespoke_trainer.tensor_file import read_tensors, write_tensors


class ActivationCache:
    """States under block `cut` of single examples, in safetensors shards under `folder`."""

    def __init__(self, folder: Path, identity: str) -> None:
        """`identity` names all that the activations depend on besides the examples: base, cut, compute type, threads."""
        self._folder = folder
        self._identity = identity
        # Shard and first row per stack of every example.
        self._places: dict[Example, tuple[Path, dict[str, tuple[int, int]]]] = {}
        self._open: dict[Path, safe_open] = {}

    def has_shard(self, examples: list[Example]) -> bool:
        """Looks for the examples' shard of an earlier process; True when it is there and its checksum is right."""
        path = self._path(examples)
        stored = read_tensors(path)
        if stored is None:
            return False
        self._remember(path, examples, stored[1]["lengths"])
        return True

    def add(self, examples: list[Example], states: dict[str, list[torch.Tensor]]) -> None:
        """Writes the states of examples: per stack one tensor [rows, D] for each."""
        path = self._path(examples)
        lengths = {stack: [len(rows) for rows in parts] for stack, parts in states.items()}
        write_tensors(path, {stack: torch.cat(parts) for stack, parts in states.items()}, {"lengths": lengths})
        self._remember(path, examples, lengths)

    def state(self, group: Group, device: torch.device) -> State:
        """The state of any group of examples that were added, in whatever groups they were."""
        parts: dict[str, list[torch.Tensor]] = {}
        for example in group.examples:
            path, rows_of_stack = self._places[example]
            shard = self._open.get(path)
            if shard is None:
                shard = self._open[path] = safe_open(path, framework="pt")
            for stack, (start, end) in rows_of_stack.items():
                parts.setdefault(stack, []).append(shard.get_slice(stack)[start:end])
        # Concatenation copies out of the memory map into aligned memory, also for a single part.
        return {stack: torch.cat([*rows, rows[0][:0]]).to(device) for stack, rows in parts.items()}

    def _path(self, examples: list[Example]) -> Path:
        content = [[example.source, example.target] for example in examples]
        name = hashlib.sha256(json.dumps([self._identity, content]).encode()).hexdigest()
        return self._folder / f"{name[:32]}.safetensors"

    def _remember(self, path: Path, examples: list[Example], lengths: dict[str, list[int]]) -> None:
        starts = dict.fromkeys(lengths, 0)
        for index, example in enumerate(examples):
            rows = {stack: (starts[stack], starts[stack] + lengths[stack][index]) for stack in lengths}
            starts = {stack: end for stack, (_, end) in rows.items()}
            self._places[example] = (path, rows)
