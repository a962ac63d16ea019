"""What every decoder's graph shares: inputs, outputs, and attention over a cache.

A step's input is, for each of R requests, Q new tokens and S cached rows. Which rows and new tokens each new token sees is said by
an input, `visibility`, not by the graph. So the same graph serves the first step (Q is the input's length), later ones (Q is 1), beam
search (Q is the beam width, and the beams share the cached rows of the request's input), and the verification of drafts; rows of
requests of different length lie padded beside each other. Outputs hold the new rows only: the caller owns the cache.

Shapes: R requests, Q new tokens each, S cached rows, K = S + Q, H heads, V key/value heads, G = H / V, D head size, C hidden size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bespoke_trainer.onnx_export.graph_builder import GraphBuilder


@dataclass(frozen=True)
class AttentionShape:
    """The numbers that attention needs; `scale` multiplies the scores."""

    heads: int
    key_value_heads: int
    head_size: int
    scale: float

    @property
    def groups(self) -> int:
        """Query heads that share a key/value head."""
        return self.heads // self.key_value_heads


class DecoderStep:
    """Inputs, self-attention and outputs of a decoder's graph."""

    def __init__(self, builder: GraphBuilder, shape: AttentionShape, blocks: int) -> None:
        self._b = b = builder
        self._shape = shape
        self.tokens = b.input("tokens", "int64", ["R", "Q"])
        self.positions = b.input("positions", "int64", ["R", "Q"])
        # Added to the scores: 0 where a new token sees a row, minus infinity where it does not.
        visibility = b.input("visibility", "float32", ["R", "Q", "K"])
        self._wanted_from = b.input("wanted_from", "int64", [1])
        past = ["R", shape.key_value_heads, "S", shape.head_size]
        self._past_keys = [b.input(f"past_keys_{i}", "float32", past) for i in range(blocks)]
        self._past_values = [b.input(f"past_values_{i}", "float32", past) for i in range(blocks)]
        self._new_keys: list[str] = []
        self._new_values: list[str] = []

        self.flat_tokens = b.op("Reshape", self.tokens, b.ints(-1))
        # The vector [R, Q].
        self.size = b.op("Shape", self.tokens)
        self._requests = b.op("Slice", self.size, b.ints(0), b.ints(1))
        self._new_count = b.op("Slice", self.size, b.ints(1), b.ints(2))
        past_count = b.op("Slice", b.op("Shape", self._past_keys[0]), b.ints(2), b.ints(3))
        self._past_and_new = b.op("Concat", past_count, self._new_count, axis=0)
        # [R, 1, G * Q, K]: the queries of a group's heads lie one head after the other.
        mask = b.op("Unsqueeze", visibility, b.ints(1))
        self.mask = b.op("Concat", *[mask] * shape.groups, axis=2) if shape.groups > 1 else mask

    def add_bias(self, bias: str) -> None:
        """Adds [R, H, Q, K] to the scores of every block; only without grouped heads."""
        self.mask = self._b.op("Add", self.mask, bias)

    def sizes(self, *dimensions: int) -> str:
        """The vector [R, Q, dimensions...]."""
        return self._b.op("Concat", self.size, self._b.ints(*dimensions), axis=0)

    def split_queries(self, rows: str) -> str:
        """Query rows [R * Q, H * D] as [R, V, G * Q, D]."""
        b, s = self._b, self._shape
        if s.groups == 1:
            return self.split_heads(rows)
        heads = b.op("Reshape", rows, self.sizes(s.key_value_heads, s.groups, s.head_size))
        swapped = b.op("Transpose", heads, perm=[0, 2, 3, 1, 4])
        return b.op("Reshape", swapped, b.ints(0, s.key_value_heads, -1, s.head_size))

    def split_heads(self, rows: str) -> str:
        """Rows [R * Q, V * D] as [R, V, Q, D]."""
        b, s = self._b, self._shape
        return b.op("Transpose", b.op("Reshape", rows, self.sizes(s.key_value_heads, s.head_size)), perm=[0, 2, 1, 3])

    def join_heads(self, context: str) -> str:
        """Attended values [R, V, G * Q, D] as rows [R * Q, H * D]."""
        b, s = self._b, self._shape
        width = b.ints(-1, s.heads * s.head_size)
        if s.groups == 1:
            return b.op("Reshape", b.op("Transpose", context, perm=[0, 2, 1, 3]), width)
        target = b.op(
            "Concat", self._requests, b.ints(s.key_value_heads, s.groups), self._new_count, b.ints(s.head_size), axis=0
        )
        swapped = b.op("Transpose", b.op("Reshape", context, target), perm=[0, 3, 1, 2, 4])
        return b.op("Reshape", swapped, width)

    def self_attention(
        self, block: int, queries: str, keys: str, values: str, rotate: Callable[[str, int], str] | None = None
    ) -> str:
        """Attention of the new tokens over cached and new rows; arguments and result are rows [R * Q, heads * D].

        `rotate` turns [R, Q, heads * D] by the positions.
        """
        b, s = self._b, self._shape
        if rotate is not None:
            queries = rotate(b.op("Reshape", queries, self.sizes(s.heads * s.head_size)), s.heads)
            keys = rotate(b.op("Reshape", keys, self.sizes(s.key_value_heads * s.head_size)), s.key_value_heads)
        queries = self.split_queries(queries)
        new_keys, new_values = self.split_heads(keys), self.split_heads(values)
        self._new_keys.append(new_keys)
        self._new_values.append(new_values)
        # The cache is never concatenated with the new rows: copying it would cost more than attending to it.
        scores = b.op(
            "Concat",
            self._scores(queries, self._past_keys[block]),
            self._scores(queries, new_keys),
            axis=3,
        )
        weights = b.op("Softmax", b.op("Add", scores, self.mask), axis=3)
        past_weights, new_weights = b.ops("Split", weights, self._past_and_new, outputs=2, axis=3)
        context = b.op(
            "Add",
            b.op("MatMul", past_weights, self._past_values[block]),
            b.op("MatMul", new_weights, new_values),
        )
        return self.join_heads(context)

    def cross_attention(self, queries: str, keys: str, values: str, mask: str) -> str:
        """Attention over fixed keys and values [R, H, E, D]; `mask` [R, 1, 1, E] is added to the scores."""
        b = self._b
        scores = self._scores(self.split_queries(queries), keys)
        weights = b.op("Softmax", b.op("Add", scores, mask), axis=3)
        return self.join_heads(b.op("MatMul", weights, values))

    def _scores(self, queries: str, keys: str) -> str:
        return self._b.op("FusedMatMul", queries, keys, contrib=True, transB=1, alpha=self._shape.scale)

    def wanted_rows(self, rows: str, hidden_size: int) -> str:
        """The rows from `wanted_from` on: an input's earlier tokens need no logits, and the output layer is the largest."""
        b = self._b
        end = b.ints(2**31)
        wanted = b.op("Slice", b.op("Reshape", rows, self.sizes(hidden_size)), self._wanted_from, end, b.ints(1))
        return b.op("Reshape", wanted, b.ints(-1, hidden_size))

    def finish(self, logits: str, vocabulary: int) -> dict[str, Any]:
        """Declares the outputs from logits [R * wanted, vocabulary]; returns the graph's inputs and outputs by role."""
        b, s = self._b, self._shape
        target = b.op("Concat", self._requests, b.ints(-1, vocabulary), axis=0)
        by_request = b.op("Reshape", logits, target)
        b.output(b.op("LogSoftmax", by_request, axis=2), "log_probabilities", ["R", "L", vocabulary])
        new = ["R", s.key_value_heads, "Q", s.head_size]
        for i, (keys, values) in enumerate(zip(self._new_keys, self._new_values)):
            b.output(keys, f"new_keys_{i}", new)
            b.output(values, f"new_values_{i}", new)
        blocks = range(len(self._new_keys))
        return {
            "inputs": {
                "tokens": "tokens",
                "positions": "positions",
                "visibility": "visibility",
                "wantedFrom": "wanted_from",
                "pastKeys": [f"past_keys_{i}" for i in blocks],
                "pastValues": [f"past_values_{i}" for i in blocks],
            },
            "outputs": {
                "logProbabilities": "log_probabilities",
                "newKeys": [f"new_keys_{i}" for i in blocks],
                "newValues": [f"new_values_{i}" for i in blocks],
            },
        }
