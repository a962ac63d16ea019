"""ONNX graphs of a base-model folder: `export_onnx` adds `onnx/` to it."""

from bespoke_trainer.onnx_export.export import UnsupportedModel, export_onnx

__all__ = ["UnsupportedModel", "export_onnx"]
