"""Compute in petaFLOP-seconds (paper P, RQ3), by Table 1 of Kaplan et al. (arXiv 2001.08361).

Forward, per row: 2 operations per parameter of the blocks it passes, 2 * context * attention size per attention for the scores over
its context, 4 D for the embedding, 2 D V for the output layer where logits are computed. Backward: as much again for gradients of
activations, and as much again for gradients of weights. Both are skipped where they are: below the lowest trained parameter there
is no backward pass at all, and a frozen part above it has no weight gradients. Activations from the cache cost nothing again.
"""

from __future__ import annotations

from bespoke_trainer.families.seam import Family, Group

PETA = 1e15


class Compute:
    """Counts floating-point operations of one model under one strategy."""

    def __init__(self, family: Family, trained: set[str], has_prefix: bool) -> None:
        parameters = dict(family.model.named_parameters())
        config = family.model.config
        self._family = family
        self._hidden_size = config.hidden_size
        heads = config.num_attention_heads
        head_size = getattr(config, "head_dim", None) or getattr(config, "d_kv", None) or self._hidden_size // heads
        self._attention_size = heads * head_size
        self._block_parameters = [
            sum(parameters[name].numel() for name in family.block_parameters(block))
            for block in range(len(family.block_names))
        ]
        self._block_trained = [
            any(name in trained for name in family.block_parameters(block)) for block in range(len(family.block_names))
        ]
        self._embeddings_trained = any(name in trained for name in family.embedding_parameters())
        self._output_trained = any(name in trained for name in family.output_parameters())
        # A prefix enters the bottom block's attention; its own weight gradients are as small as it is.
        self._lowest = 0 if self._embeddings_trained or has_prefix else self._lowest_trained_block()
        self._vocabulary = config.vocab_size

    def forward(self, group: Group, first: int, last: int) -> float:
        """Operations of running blocks `first` up to `last`, with the embedding when `first` is 0."""
        operations = sum(self._block(group, block) for block in range(first, last))
        return operations + (self._embedding(group) if first == 0 else 0)

    def output(self, group: Group) -> float:
        """Operations of the output layer on the target rows."""
        return 2.0 * self._hidden_size * self._vocabulary * len(group.labels)

    def backward(self, group: Group) -> float:
        """Operations of the backward pass of one group."""
        operations = self.output(group) * (2 if self._output_trained else 1)
        for block in range(self._lowest, len(self._block_parameters)):
            operations += self._block(group, block) * (2 if self._block_trained[block] else 1)
        return operations + (self._embedding(group) if self._embeddings_trained else 0)

    def _block(self, group: Group, block: int) -> float:
        encoder = block < self._family.encoder_blocks
        own = group.lengths["encoder" if encoder else "decoder"]
        # Rows in common with the example before are seen, not computed.
        lengths = [length + reused for length, reused in zip(own, group.reused)]
        rows = sum(own)
        scores = sum(q * k for q, k in zip(own, lengths))
        if not encoder and "encoder" in group.lengths:
            scores += sum(q * k for q, k in zip(own, group.lengths["encoder"]))
        is_top = block == len(self._block_parameters) - 1
        if is_top and group.target_rows is not None:
            # Queries, scores and feed-forward of target rows only; keys and values of source rows are the small rest.
            rows = sum(group.target_lengths)
            scores = sum(q * k for q, k in zip(group.target_lengths, lengths))
        return 2.0 * self._block_parameters[block] * rows + 2.0 * self._attention_size * scores

    def _embedding(self, group: Group) -> float:
        return 4.0 * self._hidden_size * sum(sum(lengths) for lengths in group.lengths.values())

    def _lowest_trained_block(self) -> int:
        return next((block for block, trained in enumerate(self._block_trained) if trained), len(self._block_trained))
