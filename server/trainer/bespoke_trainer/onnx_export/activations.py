"""Activation functions by their Hugging Face names, as one operator each."""

from __future__ import annotations

from bespoke_trainer.onnx_export.graph_builder import GraphBuilder
from bespoke_trainer.onnx_export.unsupported import UnsupportedModel


def activate(builder: GraphBuilder, name: str, rows: str) -> str:
    """Applies the activation. Raises UnsupportedModel for one that is not known."""
    if name in ("silu", "swish"):
        return builder.op("QuickGelu", rows, contrib=True, alpha=1.0)
    if name == "gelu":
        return builder.op("Gelu", rows, contrib=True)
    if name in ("gelu_new", "gelu_pytorch_tanh", "gelu_fast"):
        return builder.op("FastGelu", rows, contrib=True)
    if name == "relu":
        return builder.op("Relu", rows)
    raise UnsupportedModel(f"The activation {name} cannot be served; choose a model with silu, gelu or relu.")
