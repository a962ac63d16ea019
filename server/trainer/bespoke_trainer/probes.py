"""Probing and representational similarity analysis, the instruments of paper T (Shi et al., ISSTA 2023, arXiv 2304.05216)."""

from __future__ import annotations

import torch
import torch.nn.functional as F

FOLDS = 5
# As scikit-learn's default: the sum of the losses plus half the squared weights.
_PENALTY = 0.5
_MOST_ITERATIONS = 60


def probe_accuracy(states: torch.Tensor, labels: list[str], seed: int = 0) -> float:
    """Share of the examples whose label a linear classifier on their frozen states finds, none of them seen in its training.

    `states`: [N, D]. Multinomial logistic regression in each of five folds, which the seed alone decides.
    """
    names = sorted(set(labels))
    targets = torch.tensor([names.index(label) for label in labels])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    hits = 0
    for fold in range(FOLDS):
        held_out = order[fold::FOLDS]
        is_train = torch.ones(len(labels), dtype=torch.bool)
        is_train[held_out] = False
        train = states[is_train].double()
        # Blocks differ in scale, and a penalty would weigh on them differently.
        mean, deviation = train.mean(0), train.std(0).clamp_min(1e-8)
        weight, bias = _fit((train - mean) / deviation, targets[is_train], len(names))
        chosen = ((states[held_out].double() - mean) / deviation @ weight + bias).argmax(1)
        hits += int((chosen == targets[held_out]).sum())
    return hits / len(labels)


def majority_share(labels: list[str]) -> float:
    """What always saying the most frequent label gets right."""
    return max(labels.count(name) for name in set(labels)) / len(labels)


def similarity_correlation(before: torch.Tensor, after: torch.Tensor) -> float:
    """RSA: Pearson's correlation of the pairwise cosine similarities of the same examples' states, [N, D] each, N at least 3.

    1: training left all examples as near to each other as they were.
    """
    one, other = _similarities(before.double()), _similarities(after.double())
    one, other = one - one.mean(), other - other.mean()
    return float((one @ other) / (one.norm() * other.norm()))


def _similarities(states: torch.Tensor) -> torch.Tensor:
    """Cosines of all pairs, centred first: states of a layer have much in common, which would hide how they differ."""
    directions = F.normalize(states - states.mean(0), dim=1)
    rows, columns = torch.triu_indices(len(states), len(states), offset=1)
    return (directions @ directions.T)[rows, columns]


def _fit(rows: torch.Tensor, targets: torch.Tensor, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight [D, classes] and bias of the penalized maximum-likelihood classifier, from zero."""
    weight = torch.zeros(rows.shape[1], classes, dtype=rows.dtype, requires_grad=True)
    bias = torch.zeros(classes, dtype=rows.dtype, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=_MOST_ITERATIONS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(rows @ weight + bias, targets, reduction="sum") + _PENALTY * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return weight.detach(), bias.detach()
