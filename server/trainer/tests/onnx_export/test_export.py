"""The graphs that an export writes. That they compute what Hugging Face computes is tested where they run: test/server/generation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from bespoke_trainer.onnx_export import UnsupportedModel, export_onnx
from bespoke_trainer.onnx_export.graph_builder import INT8_BLOCK
from tiny_checkpoints import ARCHITECTURES, tiny_model

SEQ2SEQ = {"bart", "plbart", "t5"}


def save_base(model: nn.Module, folder: Path) -> Path:
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {}
    for architecture in ARCHITECTURES:
        folders[architecture] = save_base(tiny_model(architecture), tmp_path_factory.mktemp(architecture))
        export_onnx(folders[architecture])
    return folders


def description_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "onnx" / "graph.json").read_text())


def graphs_of(folder: Path) -> list[dict[str, Any]]:
    description = description_of(folder)
    return [graph for graph in (description["decoder"], description["encoder"]) if graph is not None]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
class TestEveryArchitecture:
    def test_has_an_encoder_graph_only_when_it_has_an_encoder(self, architecture: str, exported: dict[str, Path]) -> None:
        assert (description_of(exported[architecture])["encoder"] is not None) == (architecture in SEQ2SEQ)

    def test_every_tensor_is_used_and_none_invented(self, architecture: str, exported: dict[str, Path]) -> None:
        stored = set(load_file(exported[architecture] / "model.safetensors"))
        for precision in ("float32", "int8"):
            used = {
                entry["tensor"]
                for graph in graphs_of(exported[architecture])
                for entry in graph["precisions"][precision]["initializers"]
            }
            assert used == stored

    def test_graphs_hold_no_weight(self, architecture: str, exported: dict[str, Path]) -> None:
        for graph in graphs_of(exported[architecture]):
            for precision in graph["precisions"].values():
                model = onnx.load(exported[architecture] / "onnx" / precision["file"], load_external_data=False)
                external = {tensor.name for tensor in model.graph.initializer if tensor.external_data}
                assert external == {entry["name"] for entry in precision["initializers"]}
                for tensor in model.graph.initializer:
                    if tensor.external_data:
                        assert not tensor.raw_data
                        assert tensor.external_data[0].value == tensor.name

    def test_inputs_and_outputs_are_described(self, architecture: str, exported: dict[str, Path]) -> None:
        for graph in graphs_of(exported[architecture]):
            for precision in graph["precisions"].values():
                model = onnx.load(exported[architecture] / "onnx" / precision["file"], load_external_data=False)
                assert names_in(graph["inputs"]) == {value.name for value in model.graph.input}
                assert names_in(graph["outputs"]) == {value.name for value in model.graph.output}

    def test_eight_bit_layers_have_whole_blocks_and_a_scale_for_each(self, architecture: str, exported: dict[str, Path]) -> None:
        model, shapes = eight_bit_graph(exported[architecture], "decoder")
        layers = [node for node in model.graph.node if node.op_type == "MatMulNBits"]
        assert layers and all(node.op_type not in ("Gemm", "MatMulIntegerToFloat") for node in model.graph.node)
        for layer in layers:
            sizes = {attribute.name: attribute.i for attribute in layer.attribute}
            blocks = -(-sizes["K"] // INT8_BLOCK)
            assert shapes[layer.input[1]] == [sizes["N"], blocks, INT8_BLOCK]
            assert shapes[layer.input[2]] == [sizes["N"] * blocks]

    def test_twice_is_the_same_to_the_byte(self, architecture: str, exported: dict[str, Path]) -> None:
        folder = exported[architecture] / "onnx"
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        export_onnx(exported[architecture])
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.parametrize("architecture", ["bart", "plbart", "t5"])
def test_eight_bit_layers_of_an_encoder_have_a_scale_for_each_output(architecture: str, exported: dict[str, Path]) -> None:
    model, shapes = eight_bit_graph(exported[architecture], "encoder")
    layers = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert layers and all(node.op_type not in ("Gemm", "MatMulNBits") for node in model.graph.node)
    for layer in layers:
        assert [shapes[layer.input[1]][1]] == shapes[layer.input[3]]
    # Rows that several layers read are rounded once.
    rounded = [node.input[0] for node in model.graph.node if node.op_type == "DynamicQuantizeLinear"]
    assert len(set(rounded)) == len(rounded) < len(layers)


def eight_bit_graph(folder: Path, name: str) -> tuple[onnx.ModelProto, dict[str, list[int]]]:
    """The graph, and its initializers' shapes by their names."""
    description = json.loads((folder / "onnx" / "graph.json").read_text())
    model = onnx.load(folder / "onnx" / description[name]["precisions"]["int8"]["file"], load_external_data=False)
    return model, {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}


def names_in(roles: dict[str, Any]) -> set[str]:
    return {name for value in roles.values() for name in (value if isinstance(value, list) else [value])}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"model_type": "gpt2"}, "The architecture gpt2 cannot be served"),
        ({"hidden_act": "tanh"}, "The activation tanh cannot be served"),
        ({"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e4, "factor": 2.0}}, "type dynamic cannot be served"),
    ],
)
def test_what_cannot_be_served_is_refused(change: dict[str, Any], cause: str, tmp_path: Path) -> None:
    folder = save_base(tiny_model("llama"), tmp_path)
    config = json.loads((folder / "config.json").read_text()) | change
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnsupportedModel, match=cause):
        export_onnx(folder)


def test_half_precision_weights_are_refused(tmp_path: Path) -> None:
    folder = save_base(tiny_model("llama"), tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file({name: tensor.half() for name, tensor in weights.items()}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(UnsupportedModel, match="has type F16 but a base model holds fp32"):
        export_onnx(folder)
