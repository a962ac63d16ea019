"""The two graphs of an encoder-decoder, for any stacks that know their blocks (bart.py, t5.py).

The encoder's graph ends in the keys and values of every decoder block's cross-attention, so the decoder's graph never sees encoder
states. Shapes as in decoder_step.py; E encoder tokens, P prefix rows.
"""

from __future__ import annotations

from typing import Any, Protocol

from bespoke_trainer.onnx_export.decoder_step import AttentionShape, DecoderStep
from bespoke_trainer.onnx_export.graph_builder import GraphBuilder


class Stacks(Protocol):
    """What differs between BART and T5. Rows are [N, C]; `stack` is "encoder" or "decoder"."""

    encoder_blocks: int
    decoder_blocks: int
    hidden_size: int
    vocabulary: int
    max_positions: int
    shape: AttentionShape
    has_position_bias: bool

    def embed(self, stack: str, tokens: str, positions: str) -> str:
        """Rows of tokens [N] at positions [N]."""
        ...

    def position_bias(self, stack: str, query_positions: str, key_positions: str) -> str | None:
        """Added to the scores, [R, H, Q, K], from positions [R, Q] and [R, K]; None when positions are embedded."""
        ...

    def attention_input(self, stack: str, block: int, part: str, rows: str) -> str:
        """Rows that an attention projects; `part` is "self" or "cross"."""
        ...

    def project(self, stack: str, block: int, part: str, name: str, rows: str) -> str:
        """Queries, keys or values (`name` is "q", "k" or "v") of rows, [N, H * D]."""
        ...

    def attention_output(self, stack: str, block: int, part: str, rows: str, attended: str) -> str:
        """Rows after an attention's output layer and residual."""
        ...

    def feed_forward(self, stack: str, block: int, rows: str) -> str:
        """Rows after the block's feed-forward part."""
        ...

    def final_norm(self, stack: str, rows: str) -> str:
        """Rows after the stack's last norm."""
        ...

    def output_logits(self, rows: str) -> str:
        """Logits [N, vocabulary]."""
        ...


def encoder_graph(b: GraphBuilder, stacks: Stacks) -> dict[str, Any]:
    """Adds the encoder; returns its inputs and outputs by role. R is 1: an input is read by itself."""
    shape = stacks.shape
    tokens = b.input("tokens", "int64", ["R", "E"])
    prefix = ["R", shape.heads, "P", shape.head_size]
    blocks = range(stacks.encoder_blocks)
    prefix_keys = [b.input(f"prefix_keys_{i}", "float32", prefix) for i in blocks]
    prefix_values = [b.input(f"prefix_values_{i}", "float32", prefix) for i in blocks]

    size = b.op("Shape", tokens)
    length = b.op("Slice", size, b.ints(1), b.ints(2))
    prefix_length = b.op("Slice", b.op("Shape", prefix_keys[0]), b.ints(2), b.ints(3))
    zero, one = b.constant(0, "int64"), b.constant(1, "int64")
    first, count = b.op("Squeeze", prefix_length), b.op("Squeeze", b.op("Add", prefix_length, length))
    query_positions = b.op("Range", first, count, one)
    key_positions = b.op("Range", zero, count, one)
    row_width = shape.heads * shape.head_size
    heads = b.op("Concat", size, b.ints(shape.heads, shape.head_size), axis=0)
    row_size = b.op("Concat", size, b.ints(row_width), axis=0)

    def split_heads(rows: str) -> str:
        return b.op("Transpose", b.op("Reshape", rows, heads), perm=[0, 2, 1, 3])

    def attention(queries: str, keys: str, values: str) -> str:
        """Of queries [R, E, H * D] over keys and values [R, H, P + E, D]; one operator, which never holds all scores at once."""
        # No biases of projections and no key padding.
        inputs = [queries, keys, values] + (["", "", bias] if bias is not None else [])
        return b.op("MultiHeadAttention", *inputs, contrib=True, num_heads=shape.heads, scale=shape.scale)

    def flat(positions: str) -> str:
        return b.op("Reshape", b.op("Expand", positions, size), b.ints(-1))

    bias = stacks.position_bias(
        "encoder", b.op("Unsqueeze", query_positions, b.ints(0)), b.op("Unsqueeze", key_positions, b.ints(0))
    )
    rows = stacks.embed("encoder", b.op("Reshape", tokens, b.ints(-1)), flat(query_positions))
    for block in blocks:
        source = stacks.attention_input("encoder", block, "self", rows)
        queries, keys, values = (stacks.project("encoder", block, "self", name, source) for name in "qkv")
        keys = b.op("Concat", prefix_keys[block], split_heads(keys), axis=2)
        values = b.op("Concat", prefix_values[block], split_heads(values), axis=2)
        queries = b.op("Reshape", queries, row_size)
        attended = b.op("Reshape", attention(queries, keys, values), b.ints(-1, row_width))
        rows = stacks.attention_output("encoder", block, "self", rows, attended)
        rows = stacks.feed_forward("encoder", block, rows)
    rows = stacks.final_norm("encoder", rows)

    cross = ["R", shape.heads, "E", shape.head_size]
    for block in range(stacks.decoder_blocks):
        for name, kind in (("k", "keys"), ("v", "values")):
            projected = split_heads(stacks.project("decoder", block, "cross", name, rows))
            b.output(projected, f"cross_{kind}_{block}", cross)
    return {
        "inputs": {
            "tokens": "tokens",
            "prefixKeys": [f"prefix_keys_{i}" for i in blocks],
            "prefixValues": [f"prefix_values_{i}" for i in blocks],
        },
        "outputs": {
            "crossKeys": [f"cross_keys_{i}" for i in range(stacks.decoder_blocks)],
            "crossValues": [f"cross_values_{i}" for i in range(stacks.decoder_blocks)],
        },
        "maxPositions": stacks.max_positions,
    }


def decoder_graph(b: GraphBuilder, stacks: Stacks) -> dict[str, Any]:
    """Adds the decoder; returns its inputs and outputs by role."""
    shape = stacks.shape
    step = DecoderStep(b, shape, stacks.decoder_blocks)
    cross = ["R", shape.heads, "E", shape.head_size]
    # Added to the cross-attention's scores: 0 for an encoder row, minus infinity for padding.
    cross_visibility = b.input("cross_visibility", "float32", ["R", "E"])
    blocks = range(stacks.decoder_blocks)
    cross_keys = [b.input(f"cross_keys_{i}", "float32", cross) for i in blocks]
    cross_values = [b.input(f"cross_values_{i}", "float32", cross) for i in blocks]
    cross_mask = b.op("Unsqueeze", cross_visibility, b.ints(1, 2))

    inputs: dict[str, Any] = {}
    if stacks.has_position_bias:
        # Positions of the cached rows; a beam's rows need not be in the order of their positions.
        past_positions = b.input("past_positions", "int64", ["R", "S"])
        key_positions = b.op("Concat", past_positions, step.positions, axis=1)
        bias = stacks.position_bias("decoder", step.positions, key_positions)
        assert bias is not None
        step.add_bias(bias)
        inputs["pastPositions"] = "past_positions"

    rows = stacks.embed("decoder", step.flat_tokens, b.op("Reshape", step.positions, b.ints(-1)))
    for block in blocks:
        source = stacks.attention_input("decoder", block, "self", rows)
        queries, keys, values = (stacks.project("decoder", block, "self", name, source) for name in "qkv")
        attended = step.self_attention(block, queries, keys, values)
        rows = stacks.attention_output("decoder", block, "self", rows, attended)
        queries = stacks.project("decoder", block, "cross", "q", stacks.attention_input("decoder", block, "cross", rows))
        attended = step.cross_attention(queries, cross_keys[block], cross_values[block], cross_mask)
        rows = stacks.attention_output("decoder", block, "cross", rows, attended)
        rows = stacks.feed_forward("decoder", block, rows)
    rows = stacks.final_norm("decoder", step.wanted_rows(rows, stacks.hidden_size))
    roles = step.finish(stacks.output_logits(rows), stacks.vocabulary)
    inputs |= {
        "crossVisibility": "cross_visibility",
        "crossKeys": [f"cross_keys_{i}" for i in blocks],
        "crossValues": [f"cross_values_{i}" for i in blocks],
    }
    return {"inputs": roles["inputs"] | inputs, "outputs": roles["outputs"], "maxPositions": stacks.max_positions}
