"""T5 and CodeT5 (modeling_t5.py): norms before each part, relative position biases, unscaled scores."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bespoke_trainer.onnx_export.activations import activate
from bespoke_trainer.onnx_export.decoder_step import AttentionShape
from bespoke_trainer.onnx_export.graph_builder import GraphBuilder

# T5 has no position table, so its positions have no end of their own.
_MOST_POSITIONS = 4096


class T5Graphs:
    """Blocks of one stack; see encoder_decoder.Stacks."""

    has_position_bias = True

    def __init__(self, b: GraphBuilder, config: dict[str, Any], stack: str) -> None:
        self._b = b
        self._config = config
        self.encoder_blocks: int = config["num_layers"]
        self.decoder_blocks: int = config["num_decoder_layers"]
        self.hidden_size: int = config["d_model"]
        self.vocabulary: int = config["vocab_size"]
        self.max_positions = _MOST_POSITIONS
        self.shape = AttentionShape(config["num_heads"], config["num_heads"], config["d_kv"], 1.0)

    def embed(self, stack: str, tokens: str, positions: str) -> str:
        """Token embeddings; positions enter by the bias."""
        own = f"{stack}.embed_tokens.weight"
        return self._b.op("Gather", self._b.weight(own if self._b.has(own) else "shared.weight"), tokens)

    def position_bias(self, stack: str, query_positions: str, key_positions: str) -> str:
        """The bottom block's bias of each distance; all blocks share it."""
        b = self._b
        most: int = self._config["relative_attention_max_distance"]
        buckets = self._buckets(stack == "encoder", most)
        queries, keys = b.op("Unsqueeze", query_positions, b.ints(2)), b.op("Unsqueeze", key_positions, b.ints(1))
        distance = b.op("Sub", keys, queries)
        nearest = b.op("Clip", distance, b.constant(-most, "int64"), b.constant(most, "int64"))
        bucket = b.op("Gather", b.constant(buckets, "int64"), b.op("Add", nearest, b.constant(most, "int64")))
        weight = b.weight(f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight")
        return b.op("Transpose", b.op("Gather", weight, bucket), perm=[0, 3, 1, 2])

    def _buckets(self, bidirectional: bool, most: int) -> np.ndarray:
        """The bucket of every distance (key minus query) from -most to most; farther ones share the last."""
        distance = np.arange(-most, most + 1)
        count: int = self._config["relative_attention_num_buckets"]
        bucket = np.zeros_like(distance)
        if bidirectional:
            count //= 2
            bucket += (distance > 0) * count
            distance = np.abs(distance)
        else:
            distance = -np.minimum(distance, 0)
        exact = count // 2
        # In fp32, as the original computes it: rounding decides the bucket at its borders.
        ratio = np.log(np.maximum(distance, 1).astype(np.float32) / np.float32(exact))
        far = exact + (ratio / np.float32(math.log(most / exact)) * np.float32(count - exact)).astype(np.int64)
        return bucket + np.where(distance < exact, distance, np.minimum(far, count - 1))

    def attention_input(self, stack: str, block: int, part: str, rows: str) -> str:
        """The rows, normed."""
        return self._norm(f"{self._layer(stack, block, part)}.layer_norm", rows)

    def project(self, stack: str, block: int, part: str, name: str, rows: str) -> str:
        """Queries, keys or values."""
        return self._b.linear(rows, f"{self._attention(stack, block, part)}.{name}.weight")

    def attention_output(self, stack: str, block: int, part: str, rows: str, attended: str) -> str:
        """Output layer and residual."""
        return self._b.op("Add", rows, self._b.linear(attended, f"{self._attention(stack, block, part)}.o.weight"))

    def feed_forward(self, stack: str, block: int, rows: str) -> str:
        """One layer in, gated or not, one layer out, residual."""
        b = self._b
        layer = f"{stack}.block.{block}.layer.{1 if stack == 'encoder' else 2}"
        normed = self._norm(f"{layer}.layer_norm", rows)
        dense = f"{layer}.DenseReluDense"
        kind = self._config["dense_act_fn"]
        if self._config["is_gated_act"]:
            hidden = activate(b, kind, b.linear(normed, f"{dense}.wi_0.weight"))
            hidden = b.op("Mul", hidden, b.linear(normed, f"{dense}.wi_1.weight"))
        else:
            hidden = activate(b, kind, b.linear(normed, f"{dense}.wi.weight"))
        return b.op("Add", rows, b.linear(hidden, f"{dense}.wo.weight"))

    def final_norm(self, stack: str, rows: str) -> str:
        """The stack's last norm."""
        return self._norm(f"{stack}.final_layer_norm", rows)

    def output_logits(self, rows: str) -> str:
        """The output layer; a tied one is the embedding, after a scale."""
        b = self._b
        if self._config.get("scale_decoder_outputs"):
            rows = b.op("Mul", rows, b.number(self.hidden_size**-0.5))
        return b.linear(rows, "lm_head.weight" if b.has("lm_head.weight") else "shared.weight")

    def _norm(self, name: str, rows: str) -> str:
        return self._b.rms_norm(rows, f"{name}.weight", self._config["layer_norm_epsilon"])

    def _layer(self, stack: str, block: int, part: str) -> str:
        return f"{stack}.block.{block}.layer.{0 if part == 'self' else 1}"

    def _attention(self, stack: str, block: int, part: str) -> str:
        return f"{self._layer(stack, block, part)}.{'SelfAttention' if part == 'self' else 'EncDecAttention'}"
