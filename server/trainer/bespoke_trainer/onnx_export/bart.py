"""BART and PLBART (modeling_bart.py, modeling_plbart.py): norms after the residual, learned positions."""

from __future__ import annotations

from typing import Any

from bespoke_trainer.onnx_export.activations import activate
from bespoke_trainer.onnx_export.decoder_step import AttentionShape
from bespoke_trainer.onnx_export.graph_builder import GraphBuilder

# BART keeps two rows of its position tables free: position 0 is row 2.
_POSITION_OFFSET = 2
_EPSILON = 1e-5


class BartGraphs:
    """Blocks of one stack; see encoder_decoder.Stacks."""

    has_position_bias = False

    def __init__(self, b: GraphBuilder, config: dict[str, Any], stack: str) -> None:
        self._b = b
        self._config = config
        self.encoder_blocks: int = config["encoder_layers"]
        self.decoder_blocks: int = config["decoder_layers"]
        self.hidden_size: int = config["d_model"]
        self.vocabulary: int = config["vocab_size"]
        self.max_positions: int = config["max_position_embeddings"]
        heads: int = config[f"{stack}_attention_heads"]
        head_size = self.hidden_size // heads
        self.shape = AttentionShape(heads, heads, head_size, head_size**-0.5)

    def embed(self, stack: str, tokens: str, positions: str) -> str:
        """Token and position embeddings, normed."""
        b = self._b
        rows = b.op("Gather", b.weight(self._embedding(stack)), tokens)
        if self._config.get("scale_embedding"):
            rows = b.op("Mul", rows, b.number(self.hidden_size**0.5))
        places = b.weight(f"model.{stack}.embed_positions.weight")
        places = b.op("Gather", places, b.op("Add", positions, b.constant(_POSITION_OFFSET, "int64")))
        return b.layer_norm(b.op("Add", rows, places), f"model.{stack}.layernorm_embedding", _EPSILON)

    def position_bias(self, stack: str, query_positions: str, key_positions: str) -> None:
        """Positions are embedded."""
        return None

    def attention_input(self, stack: str, block: int, part: str, rows: str) -> str:
        """The rows as they are."""
        return rows

    def project(self, stack: str, block: int, part: str, name: str, rows: str) -> str:
        """Queries, keys or values."""
        layer = f"{self._attention(stack, block, part)}.{name}_proj"
        return self._b.linear(rows, f"{layer}.weight", f"{layer}.bias")

    def attention_output(self, stack: str, block: int, part: str, rows: str, attended: str) -> str:
        """Output layer, residual, norm."""
        layer = self._attention(stack, block, part)
        projected = self._b.linear(attended, f"{layer}.out_proj.weight", f"{layer}.out_proj.bias")
        return self._b.layer_norm(self._b.op("Add", rows, projected), f"{layer}_layer_norm", _EPSILON)

    def feed_forward(self, stack: str, block: int, rows: str) -> str:
        """Two layers, residual, norm."""
        b, layer = self._b, f"model.{stack}.layers.{block}"
        hidden = b.linear(rows, f"{layer}.fc1.weight", f"{layer}.fc1.bias")
        hidden = activate(b, self._config["activation_function"], hidden)
        fed = b.linear(hidden, f"{layer}.fc2.weight", f"{layer}.fc2.bias")
        return b.layer_norm(b.op("Add", rows, fed), f"{layer}.final_layer_norm", _EPSILON)

    def final_norm(self, stack: str, rows: str) -> str:
        """There is none: each block ends in a norm."""
        return rows

    def output_logits(self, rows: str) -> str:
        """The output layer, tied to the embedding unless stored."""
        b = self._b
        weight = "lm_head.weight" if b.has("lm_head.weight") else self._embedding("decoder")
        logits = b.linear(rows, weight)
        return b.op("Add", logits, b.weight("final_logits_bias")) if b.has("final_logits_bias") else logits

    def _embedding(self, stack: str) -> str:
        own = f"model.{stack}.embed_tokens.weight"
        return own if self._b.has(own) else "model.shared.weight"

    def _attention(self, stack: str, block: int, part: str) -> str:
        return f"model.{stack}.layers.{block}.{'self_attn' if part == 'self' else 'encoder_attn'}"
