"""How far each part of the model moved in training (paper P, Figure 2)."""

from __future__ import annotations

import torch

from bespoke_trainer.families.seam import Family


def block_changes(
    family: Family, before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]
) -> dict[str, float]:
    """Mean absolute difference of the parameters of every part that was trained, from the bottom up.

    Parts are `embeddings`, the blocks by name, `output` (a layer of its own; a tied one counts as embeddings) and
    `final-norm`. A prefix changes no parameter: it is missing here.
    """
    parts = {"embeddings": set(family.embedding_parameters())}
    parts |= {name: set(family.block_parameters(block)) for block, name in enumerate(family.block_names)}
    parts["output"] = set(family.output_parameters()) - parts["embeddings"]
    known = set().union(*parts.values())
    parts["final-norm"] = {name for name, _ in family.model.named_parameters()} - known
    changes = {}
    for part, names in parts.items():
        changed = [name for name in after if name in names]
        if changed:
            total = sum(float((after[name].cpu() - before[name]).abs().double().sum()) for name in changed)
            changes[part] = total / sum(after[name].numel() for name in changed)
    return changes
