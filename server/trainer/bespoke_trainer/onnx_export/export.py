"""Writes the ONNX graphs of a base-model folder.

The graphs are written node by node from the model's configuration rather than traced: each linear layer can be stated for each
precision, and dimensions stay symbolic.

A graph file holds no weights. Each weight is an initializer whose external data has the initializer's own name as its location;
whoever loads the graph hands over the bytes. `graph.json` says which tensor of `model.safetensors` each holds, and how encoded. So one
graph serves the base and every adapter: an adapter's tensors are handed over in place of the base's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from transformers import AutoConfig

from bespoke_trainer.onnx_export.bart import BartGraphs
from bespoke_trainer.onnx_export.decoder_only import decoder_only_graph
from bespoke_trainer.onnx_export.encoder_decoder import decoder_graph, encoder_graph
from bespoke_trainer.onnx_export.graph_builder import GraphBuilder, Precision
from bespoke_trainer.onnx_export.safetensors_header import read_shapes
from bespoke_trainer.onnx_export.t5 import T5Graphs
from bespoke_trainer.onnx_export.unsupported import UnsupportedModel

__all__ = ["UnsupportedModel", "export_onnx"]

_DECODER_ONLY = ("llama", "qwen2", "starcoder2")
_PRECISIONS: tuple[Precision, ...] = ("float32", "int8")


def export_onnx(model_dir: Path) -> None:
    """Adds `onnx/` to a folder with `config.json` and `model.safetensors`.

    Raises UnsupportedModel with one sentence when the architecture or one of its options cannot be served.
    """
    # The class fills in what an older or shorter configuration file leaves out.
    config = AutoConfig.from_pretrained(model_dir, local_files_only=True).to_dict()
    shapes = read_shapes(model_dir / "model.safetensors")
    folder = model_dir / "onnx"
    folder.mkdir(exist_ok=True)
    description: dict[str, Any] = {"format": 1, "decoder": None, "encoder": None}
    for precision in _PRECISIONS:
        suffix = "" if precision == "float32" else f".{precision}"
        for name, built in _graphs(config, shapes, precision).items():
            builder, roles = built
            file = f"{name}{suffix}.onnx"
            (folder / file).write_bytes(builder.serialize(name))
            entry = description[name] = description[name] or {**roles, "precisions": {}}
            entry["precisions"][precision] = {"file": file, "initializers": builder.initializers}
    (folder / "graph.json").write_text(json.dumps(description, indent=1) + "\n")


def _graphs(
    config: dict[str, Any], shapes: dict[str, list[int]], precision: Precision
) -> dict[str, tuple[GraphBuilder, dict[str, Any]]]:
    model_type = config["model_type"]
    if model_type in _DECODER_ONLY:
        builder = GraphBuilder(shapes, precision)
        return {"decoder": (builder, decoder_only_graph(builder, config))}
    if model_type in ("bart", "plbart"):
        stacks = BartGraphs
    elif model_type == "t5":
        stacks = T5Graphs
    else:
        raise UnsupportedModel(
            f"The architecture {model_type} cannot be served; choose a Llama, Qwen2, StarCoder2, BART, PLBART or T5 model."
        )
    encoder, decoder = GraphBuilder(shapes, precision, reads_one_request=True), GraphBuilder(shapes, precision)
    return {
        "encoder": (encoder, encoder_graph(encoder, stacks(encoder, config, "encoder"))),
        "decoder": (decoder, decoder_graph(decoder, stacks(decoder, config, "decoder"))),
    }
