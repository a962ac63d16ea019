"""Rotary position tables (modeling_rope_utils.py)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bespoke_trainer.onnx_export.graph_builder import GraphBuilder
from bespoke_trainer.onnx_export.unsupported import UnsupportedModel


def rotation_tables(b: GraphBuilder, config: dict[str, Any], head_size: int, positions: int) -> tuple[str, str]:
    """Cosines and sines [positions, head_size / 2] as constants, computed in fp32 as the original does."""
    rope = config["rope_parameters"]
    exponents = np.arange(0, head_size, 2, dtype=np.float32) / np.float32(head_size)
    frequencies = (1.0 / np.power(np.float32(rope["rope_theta"]), exponents)).astype(np.float32)
    kind = rope.get("rope_type", "default")
    if kind == "linear":
        frequencies = frequencies / np.float32(rope["factor"])
    elif kind == "llama3":
        frequencies = _llama3(frequencies, rope)
    elif kind != "default" or rope.get("partial_rotary_factor", 1.0) not in (None, 1.0):
        raise UnsupportedModel(
            f"The rotary positions of type {kind} cannot be served; choose a model with default, linear or llama3 positions."
        )
    angles = np.arange(positions, dtype=np.float32)[:, None] * frequencies.astype(np.float32)
    return b.constant(np.cos(angles), "float32"), b.constant(np.sin(angles), "float32")


def _llama3(frequencies: np.ndarray, rope: dict[str, Any]) -> np.ndarray:
    """Low frequencies divided by the factor, high ones kept, those between interpolated."""
    low, high, context = rope["low_freq_factor"], rope["high_freq_factor"], rope["original_max_position_embeddings"]
    lengths = 2 * math.pi / frequencies
    scaled = np.where(lengths > context / low, frequencies / rope["factor"], frequencies)
    smooth = (context / lengths - low) / (high - low)
    between = (1 - smooth) * scaled / rope["factor"] + smooth * scaled
    is_between = ~(lengths < context / high) & ~(lengths > context / low)
    return np.where(is_between, between, scaled).astype(np.float32)
