"""A small writer of ONNX graphs: nodes, constants, and weights that are only named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Precision = Literal["float32", "int8"]
# How an initializer's bytes are made from its tensor; `graph.json` names one for every initializer.
#   float32            the tensor as stored
#   int8-blocks        a linear layer [out, in], each INT8_BLOCK neighbours of a row rounded symmetrically, plus 128, as uint8
#                      [out, blocks, INT8_BLOCK]; the last block is filled up with 128
#   int8-block-scales        the blocks' scales [out * blocks], fp32
#   int8-columns       a linear layer [out, in], each row rounded symmetrically, plus 128, as uint8, turned to [in, out]
#   int8-column-scales the rows' scales [out], fp32
Encoding = Literal["float32", "int8-blocks", "int8-block-scales", "int8-columns", "int8-column-scales"]

INT8_BLOCK = 32
# Activations are rounded to eight bits as well, in blocks of a row.
_INT8_ACCURACY = 4
_INT8_ZERO = 128

_OPSET = 17
_CONTRIB = "com.microsoft"
_TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64, "uint8": TensorProto.UINT8}


class GraphBuilder:
    """One graph in one precision. Values are referred to by their names, as ONNX does.

    `reads_one_request`: all rows of a run belong to one request. Then eight-bit layers round them by one scale, which for many rows is
    about twice as fast as a scale for each block of a row; where requests share a run, a neighbour would change the result.
    """

    def __init__(self, shapes: dict[str, list[int]], precision: Precision, reads_one_request: bool = False) -> None:
        self._shapes = shapes
        self._precision = precision
        self._reads_one_request = reads_one_request
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._tensors: list[TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []
        self._count = 0
        # Rows in eight bits, their scale and zero, by the rows' name.
        self._rounded: dict[str, list[str]] = {}
        self.initializers: list[dict[str, str]] = []

    def has(self, tensor: str) -> bool:
        """Whether the model has this tensor."""
        return tensor in self._shapes

    def shape(self, tensor: str) -> list[int]:
        """The tensor's shape."""
        return self._shapes[tensor]

    def input(self, name: str, type_name: str, shape: Sequence[int | str]) -> str:
        """An input; strings in its shape are symbolic dimensions."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[type_name], list(shape)))
        return name

    def output(self, value: str, name: str, shape: Sequence[int | str]) -> str:
        """Makes a fp32 value an output of the graph under this name."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def op(self, kind: str, *inputs: str, contrib: bool = False, **attributes: Any) -> str:
        """Adds a node with one output and names that output; `contrib` for ONNX Runtime's own operators."""
        return self.ops(kind, *inputs, outputs=1, contrib=contrib, **attributes)[0]

    def ops(self, kind: str, *inputs: str, outputs: int, contrib: bool = False, **attributes: Any) -> list[str]:
        """Adds a node with several outputs."""
        self._count += 1
        names = [f"{kind}_{self._count}" + (f"_{i}" if i else "") for i in range(outputs)]
        domain = {"domain": _CONTRIB} if contrib else {}
        self._nodes.append(helper.make_node(kind, list(inputs), names, **domain, **attributes))
        return names

    def constant(self, value: Any, type_name: str) -> str:
        """A small constant that lies in the graph file itself."""
        array = np.asarray(value, dtype=type_name)
        key = (type_name, array.shape, array.tobytes())
        if key not in self._constants:
            name = f"constant_{len(self._constants)}"
            self._constants[key] = name
            self._tensors.append(numpy_helper.from_array(array, name))
        return self._constants[key]

    def ints(self, *values: int) -> str:
        """A vector of int64."""
        return self.constant(list(values), "int64")

    def number(self, value: float) -> str:
        """A fp32 scalar."""
        return self.constant(value, "float32")

    def weight(self, tensor: str) -> str:
        """The tensor in fp32."""
        return self._initializer(tensor, tensor, "float32", TensorProto.FLOAT, self._shapes[tensor])

    def linear(self, rows: str, layer: str, bias: str | None = None) -> str:
        """`rows` [N, in] times the transpose of the weight named `layer` [out, in], plus the bias when the model has it."""
        has_bias = bias is not None and self.has(bias)
        if self._precision == "float32":
            inputs = [rows, self.weight(layer)] + ([self.weight(bias)] if has_bias and bias else [])
            return self.op("Gemm", *inputs, transB=1)
        added = self.weight(bias) if has_bias and bias else None
        return self._int8_columns(rows, layer, added) if self._reads_one_request else self._int8_blocks(rows, layer, added)

    def rms_norm(self, rows: str, weight: str, epsilon: float) -> str:
        """Rows divided by the root of their mean square, times the weight."""
        return self.op("SimplifiedLayerNormalization", rows, self.weight(weight), axis=-1, epsilon=epsilon)

    def layer_norm(self, rows: str, name: str, epsilon: float) -> str:
        """Layer normalization with the parameters `name`.weight and `name`.bias."""
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", rows, weight, bias, axis=-1, epsilon=epsilon)

    def _int8_columns(self, rows: str, layer: str, bias: str | None) -> str:
        """The weights in eight bits with a scale for each output; ONNX Runtime rounds all rows by one scale."""
        out_size, in_size = self._shapes[layer]
        weights = self._initializer(f"{layer}#columns", layer, "int8-columns", TensorProto.UINT8, [in_size, out_size])
        scales = self._initializer(f"{layer}#column-scales", layer, "int8-column-scales", TensorProto.FLOAT, [out_size])
        # Queries, keys and values are made from the same rows.
        if rows not in self._rounded:
            self._rounded[rows] = self.ops("DynamicQuantizeLinear", rows, outputs=3)
        rounded, scale, zero = self._rounded[rows]
        inputs = [rounded, weights, scale, scales, zero, self.constant(_INT8_ZERO, "uint8")] + ([bias] if bias else [])
        return self.op("MatMulIntegerToFloat", *inputs, contrib=True)

    def _int8_blocks(self, rows: str, layer: str, bias: str | None) -> str:
        """The weights in blocks of eight bits; ONNX Runtime rounds each row's own blocks, so no request changes its neighbours' results."""
        out_size, in_size = self._shapes[layer]
        blocks = -(-in_size // INT8_BLOCK)
        weights = self._initializer(f"{layer}#int8", layer, "int8-blocks", TensorProto.UINT8, [out_size, blocks, INT8_BLOCK])
        scales = self._initializer(f"{layer}#scales", layer, "int8-block-scales", TensorProto.FLOAT, [out_size * blocks])
        sizes = {"K": in_size, "N": out_size, "bits": 8, "block_size": INT8_BLOCK, "accuracy_level": _INT8_ACCURACY}
        # No zero points and no order of their own.
        inputs = [rows, weights, scales] + (["", "", bias] if bias else [])
        return self.op("MatMulNBits", *inputs, contrib=True, **sizes)

    def _initializer(
        self, name: str, tensor: str, encoding: Encoding, data_type: int, shape: Sequence[int]
    ) -> str:
        if any(entry["name"] == name for entry in self.initializers):
            return name
        self.initializers.append({"name": name, "tensor": tensor, "encoding": encoding})
        size = int(np.prod(shape)) * (1 if data_type == TensorProto.UINT8 else 4)
        proto = TensorProto(name=name, data_type=data_type, dims=list(shape), data_location=TensorProto.EXTERNAL)
        for key, value in (("location", name), ("offset", "0"), ("length", str(size))):
            proto.external_data.add(key=key, value=value)
        self._tensors.append(proto)
        return name

    def serialize(self, name: str) -> bytes:
        """The model file's bytes."""
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, self._tensors)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="bespoke")
        return model.SerializeToString(deterministic=True)
