"""A base model under a strategy: what is trained, what lies frozen, and the losses of a group of examples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import safe_open

from bespoke_trainer.activation_cache import ActivationCache
from bespoke_trainer.compute import Compute
from bespoke_trainer.examples import Example, Examples
from bespoke_trainer.families.seam import Family, Group, Prefix, in_full
from bespoke_trainer.loss import target_hits, target_losses
from bespoke_trainer.prefix import check_room, initial_prefix
from bespoke_trainer.strategies import Hyperparameters, Strategy


class Learner:
    """One model in training. `trained` maps names of the adapter format to fp32 parameters."""

    def __init__(
        self,
        family: Family,
        strategy: Strategy,
        hyperparameters: Hyperparameters,
        examples: Examples,
        weights: Path,
        generic_prefix: Path | None = None,
    ) -> None:
        """`weights`: the base's model.safetensors, for the tensors that training started from. `generic_prefix`: what a prefix starts as."""
        self.family = family
        self.strategy = strategy
        self.hyperparameters = hyperparameters
        self._weights = weights
        self.device = next(family.model.parameters()).device
        names = strategy.trained_parameters(family, hyperparameters)
        by_name = dict(family.model.named_parameters())
        self.trained: dict[str, torch.Tensor] = {name: by_name[name].requires_grad_(True) for name in names}
        self._prefix: Prefix | None = None
        # Where training starts with what the base does not have: a prefix, or low-rank changes.
        self._start_added = {name: parameter.detach().clone() for name, parameter in self.trained.items() if ".low_rank." in name}
        if hyperparameters.prefix_length is not None:
            check_room(family, examples.all(), hyperparameters.prefix_length)
            start = initial_prefix(family, examples.train, hyperparameters.prefix_length, generic_prefix)
            self._prefix = {name: torch.nn.Parameter(tensor.clone()) for name, tensor in start.items()}
            self._start_added |= start
            self.trained |= self._prefix
        # Blocks under which nothing changes, and their cached activations once `cache` is set.
        self.fixed_blocks = strategy.fixed_blocks(family, hyperparameters)
        self.cache: ActivationCache | None = None
        self.compute = Compute(family, set(self.trained), self._prefix is not None)
        # Floating-point operations spent so far.
        self.operations = 0.0

    def group(self, examples: list[Example]) -> Group:
        return self.family.group(examples, self.device)

    @torch.no_grad()
    def fill_cache(self, examples: list[Example], cache: ActivationCache, between_blocks: Callable[[], None]) -> None:
        """Computes the state under the lowest trained block, unless an earlier process left it on disk.

        Rows that an example has in common with the example before it are computed once. `between_blocks` may raise to end early.
        """
        assert self.fixed_blocks is not None
        if cache.has_shard(examples):
            return
        group = self.family.group(examples, self.device, shares_rows=True)
        state = None
        for block in range(self.fixed_blocks):
            between_blocks()
            state = self.family.run(group, state, block, block + 1)
        assert state is not None
        cache.add(examples, {stack: in_full(rows, group, stack) for stack, rows in state.items()})
        self.operations += self.compute.forward(group, 0, self.fixed_blocks)

    def losses(self, group: Group, with_prefix: bool = True) -> torch.Tensor:
        """Negative log-likelihood of every taught token of a group, [R]. Without the prefix: the base's."""
        rows, weight, bias = self._taught_rows(group, with_prefix)
        return target_losses(rows, weight, bias, group.labels)

    @torch.no_grad()
    def hits(self, group: Group, with_prefix: bool = True) -> torch.Tensor:
        """Whether every taught token of a group is the one that greedy decoding writes there, [R]. Without the prefix: the base's."""
        rows, weight, bias = self._taught_rows(group, with_prefix)
        return target_hits(rows, weight, bias, group.labels)

    def _taught_rows(
        self, group: Group, with_prefix: bool
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """What the output layer multiplies for each taught token, [R, D], and the layer's weight and bias."""
        top = len(self.family.block_names)
        state, first = None, 0
        if self.fixed_blocks is not None:
            first = self.fixed_blocks
            if self.cache is not None:
                state = self.cache.state(group, self.device)
            elif first > 0:
                with torch.no_grad():
                    state = self.family.run(group, None, 0, first)
                self.operations += self.compute.forward(group, 0, first)
        state = self.family.run(group, state, first, top, self._prefix if with_prefix else None)
        weight, bias = self.family.output_layer()
        self.operations += self.compute.forward(group, first, top) + self.compute.output(group)
        rows = self.family.output_rows(state)
        return rows if group.taught is None else rows[group.taught], weight, bias

    def start_tensors(self) -> dict[str, torch.Tensor]:
        """What training started from: the base's tensors, read again, and what it does not have."""
        with safe_open(self._weights, framework="pt") as base:
            tensors = {name: base.get_tensor(name).float() for name in self.trained if name not in self._start_added}
        return tensors | self._start_added

    def give_back_base(self) -> None:
        """Leaves the base as it was before this learner, for the next one."""
        start = self.start_tensors()
        self.load_trained(start)
        for parameter in self.trained.values():
            parameter.grad = None
            parameter.requires_grad_(False)

    @torch.no_grad()
    def load_trained(self, tensors: dict[str, torch.Tensor]) -> None:
        """Replaces the trained tensors' values."""
        for name, parameter in self.trained.items():
            parameter.copy_(tensors[name])
