"""What a process that trains works with: the base in memory, the examples, and frozen parts computed once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import torch

from bespoke_trainer.activation_cache import ActivationCache
from bespoke_trainer.base_model_folder import BaseModelFolder, load_model, open_base_model_folder
from bespoke_trainer.examples import Examples, in_groups, read_examples
from bespoke_trainer.failures import RunFailure
from bespoke_trainer.families import family_of
from bespoke_trainer.families.seam import Family
from bespoke_trainer.hardware import best_compute_type
from bespoke_trainer.held_base import held_base
from bespoke_trainer.learner import Learner
from bespoke_trainer.run_spec import RunSpec

# Tokens of one forward and backward pass: large enough for full speed, small enough for the memory of a laptop.
_TOKENS_AT_ONCE = {"cpu": 2048, "cuda": 16384}
_FROZEN_GROUP_FACTOR = 4
_COMPUTE_TYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Workbench:
    """The base and the examples that a specification names, loaded and checked."""

    def __init__(self, spec: RunSpec, threads: int, raise_if_cancelled: Callable[[], None]) -> None:
        """Raises RunFailure for what cannot be trained on."""
        _make_deterministic(threads)
        self._raise_if_cancelled = raise_if_cancelled
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokens_at_once = _TOKENS_AT_ONCE[device.type]
        self.compute_type = spec.options.compute_type or best_compute_type()
        held = held_base(spec.base_model_dir)
        self.folder: BaseModelFolder = open_base_model_folder(spec.base_model_dir) if held is None else held.folder
        if spec.options.prefix_start == "generic" and self.folder.generic_prefix is None:
            raise RunFailure(
                "invalid-spec",
                f"The base model {self.folder.name} brings no generic prefix; leave prefixStart out or set it to words.",
            )
        self.generic_prefix = None if spec.options.prefix_start == "words" else self.folder.generic_prefix
        self.examples: Examples = read_examples(spec.examples_file, self.folder.vocabulary)
        model = (load_model(self.folder.path) if held is None else held.model()).to(device)
        self.family: Family = family_of(model, self.folder.tokens, _COMPUTE_TYPES[self.compute_type])
        self._refuse_too_long()
        # All that a result depends on besides specification and examples.
        self._identity = [self.folder.sha256, self.compute_type, str(threads), device.type, torch.__version__]

    def fingerprint(self, *parts: str) -> str:
        """Identity of what is computed here from `parts`."""
        return hashlib.sha256("\n".join([*parts, *self._identity]).encode()).hexdigest()

    def cache_activations(
        self, spec: RunSpec, learner: Learner, examples: Examples, tell: Callable[[int, int, float], None]
    ) -> None:
        """Computes what lies under the lowest trained block once. `tell`: pairs done, pairs in all, seconds left."""
        identity = self.fingerprint(str(learner.fixed_blocks))
        cache = ActivationCache(spec.work_dir / "activations", identity)
        # Neighbours in this order have the longest beginnings in common. Without gradients there is memory for larger groups.
        ordered = sorted(examples.all(), key=lambda example: (example.source, example.target))
        started = time.monotonic()
        done = 0
        for group in in_groups(ordered, _FROZEN_GROUP_FACTOR * self.tokens_at_once):
            learner.fill_cache(group, cache, self._raise_if_cancelled)
            done += len(group)
            tell(done, len(ordered), (time.monotonic() - started) / done * (len(ordered) - done))
        learner.cache = cache

    def _refuse_too_long(self) -> None:
        most = self.family.longest_rows()
        if most is None or self.family.encoder_blocks:
            return
        if any(example.tokens + 1 > most for example in self.examples.all()):
            raise RunFailure(
                "invalid-spec",
                f"An example is longer than the base model's {most} positions; set a smaller input budget.",
            )


def _make_deterministic(threads: int) -> None:
    """The same run gives the same bits on a CPU: fixed threads, deterministic kernels, no fast approximations of fp32.

    On a GPU it is as deterministic as its kernels are: some, such as attention's backward pass with a mask, have no such form.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    # Nothing here reads what was never written; filling it first costs a twentieth of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(0)
