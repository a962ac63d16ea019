"""Llama, Qwen2 and StarCoder2 (modeling_llama.py, modeling_qwen2.py, modeling_starcoder2.py): norms before each part, rotary positions."""

from __future__ import annotations

from typing import Any

from bespoke_trainer.onnx_export.activations import activate
from bespoke_trainer.onnx_export.decoder_step import AttentionShape, DecoderStep
from bespoke_trainer.onnx_export.graph_builder import GraphBuilder
from bespoke_trainer.onnx_export.rotary import rotation_tables
from bespoke_trainer.onnx_export.unsupported import UnsupportedModel

# Positions that the graph knows; more than any input, target and prefix together.
_MOST_POSITIONS = 4096


def decoder_only_graph(b: GraphBuilder, config: dict[str, Any]) -> dict[str, Any]:
    """Adds the whole decoder; returns its inputs and outputs by role."""
    hidden_size, heads = config["hidden_size"], config["num_attention_heads"]
    head_size = config.get("head_dim") or hidden_size // heads
    shape = AttentionShape(heads, config.get("num_key_value_heads") or heads, head_size, head_size**-0.5)
    step = DecoderStep(b, shape, config["num_hidden_layers"])
    positions = min(config["max_position_embeddings"], _MOST_POSITIONS)
    _check_window(config, positions)
    cosines, sines = rotation_tables(b, config, head_size, positions)

    def rotate(rows: str, row_heads: int) -> str:
        return b.op("RotaryEmbedding", rows, step.positions, cosines, sines, contrib=True, num_heads=row_heads)

    embedding = "model.embed_tokens.weight"
    rows = b.op("Gather", b.weight(embedding), step.flat_tokens)
    for block in range(config["num_hidden_layers"]):
        layer = f"model.layers.{block}"

        def project(source: str, part: str, layer: str = layer) -> str:
            return b.linear(source, f"{layer}.{part}.weight", f"{layer}.{part}.bias")

        normed = _norm(b, config, rows, f"{layer}.input_layernorm")
        queries, keys, values = (project(normed, f"self_attn.{name}_proj") for name in "qkv")
        attended = step.self_attention(block, queries, keys, values, rotate)
        rows = b.op("Add", rows, project(attended, "self_attn.o_proj"))
        normed = _norm(b, config, rows, f"{layer}.post_attention_layernorm")
        if config["model_type"] == "starcoder2":
            fed = project(activate(b, config["hidden_act"], project(normed, "mlp.c_fc")), "mlp.c_proj")
        else:
            gate = activate(b, config["hidden_act"], project(normed, "mlp.gate_proj"))
            fed = project(b.op("Mul", gate, project(normed, "mlp.up_proj")), "mlp.down_proj")
        rows = b.op("Add", rows, fed)
    rows = _norm(b, config, step.wanted_rows(rows, hidden_size), "model.norm")
    output = "lm_head.weight" if b.has("lm_head.weight") else embedding
    roles = step.finish(b.linear(rows, output), config["vocab_size"])
    return {**roles, "maxPositions": positions}


def _norm(b: GraphBuilder, config: dict[str, Any], rows: str, name: str) -> str:
    if config["model_type"] == "starcoder2":
        return b.layer_norm(rows, name, config["norm_epsilon"])
    return b.rms_norm(rows, f"{name}.weight", config["rms_norm_eps"])


def _check_window(config: dict[str, Any], positions: int) -> None:
    window = config.get("sliding_window")
    uses_window = config["model_type"] == "starcoder2" or config.get("use_sliding_window", False)
    if window is not None and uses_window and window < positions:
        raise UnsupportedModel(
            f"The model attends to a window of {window} tokens only, which cannot be served; choose a model with full attention."
        )

