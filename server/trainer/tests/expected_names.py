"""The literal names that each strategy trains and saves, for the tiny checkpoints."""

from __future__ import annotations

PREFIXES = {
    "decoder-only": {"prefix.decoder.keys", "prefix.decoder.values"},
    "encoder-decoder": {
        "prefix.encoder.keys",
        "prefix.encoder.values",
        "prefix.decoder.keys",
        "prefix.decoder.values",
    },
}


def _under(start: str, names: str) -> set[str]:
    return {start + name for name in names.split()}


_LLAMA_BLOCK = """
    self_attn.q_proj.weight self_attn.k_proj.weight self_attn.v_proj.weight self_attn.o_proj.weight
    mlp.gate_proj.weight mlp.up_proj.weight mlp.down_proj.weight
    input_layernorm.weight post_attention_layernorm.weight
"""
_QWEN2_BLOCK = _LLAMA_BLOCK + "self_attn.q_proj.bias self_attn.k_proj.bias self_attn.v_proj.bias"
_STARCODER2_BLOCK = """
    self_attn.q_proj.weight self_attn.k_proj.weight self_attn.v_proj.weight self_attn.o_proj.weight
    self_attn.q_proj.bias self_attn.k_proj.bias self_attn.v_proj.bias self_attn.o_proj.bias
    mlp.c_fc.weight mlp.c_fc.bias mlp.c_proj.weight mlp.c_proj.bias
    input_layernorm.weight input_layernorm.bias post_attention_layernorm.weight post_attention_layernorm.bias
"""
_BART_ENCODER_BLOCK = """
    self_attn.k_proj.weight self_attn.k_proj.bias self_attn.v_proj.weight self_attn.v_proj.bias
    self_attn.q_proj.weight self_attn.q_proj.bias self_attn.out_proj.weight self_attn.out_proj.bias
    self_attn_layer_norm.weight self_attn_layer_norm.bias
    fc1.weight fc1.bias fc2.weight fc2.bias final_layer_norm.weight final_layer_norm.bias
"""
_BART_DECODER_BLOCK = _BART_ENCODER_BLOCK + """
    encoder_attn.k_proj.weight encoder_attn.k_proj.bias encoder_attn.v_proj.weight encoder_attn.v_proj.bias
    encoder_attn.q_proj.weight encoder_attn.q_proj.bias encoder_attn.out_proj.weight encoder_attn.out_proj.bias
    encoder_attn_layer_norm.weight encoder_attn_layer_norm.bias
"""
_T5_ATTENTION = """
    layer.0.SelfAttention.q.weight layer.0.SelfAttention.k.weight layer.0.SelfAttention.v.weight
    layer.0.SelfAttention.o.weight layer.0.layer_norm.weight
"""
_T5_ENCODER_BLOCK = _T5_ATTENTION + """
    layer.1.DenseReluDense.wi_0.weight layer.1.DenseReluDense.wi_1.weight layer.1.DenseReluDense.wo.weight
    layer.1.layer_norm.weight
"""
_T5_DECODER_BLOCK = _T5_ATTENTION + """
    layer.1.EncDecAttention.q.weight layer.1.EncDecAttention.k.weight layer.1.EncDecAttention.v.weight
    layer.1.EncDecAttention.o.weight layer.1.layer_norm.weight
    layer.2.DenseReluDense.wi_0.weight layer.2.DenseReluDense.wi_1.weight layer.2.DenseReluDense.wo.weight
    layer.2.layer_norm.weight
"""
_T5_POSITIONS = "layer.0.SelfAttention.relative_attention_bias.weight"


def _decoder_only(block: str, norm: set[str], output: set[str]) -> dict[str, set[str]]:
    blocks = [_under(f"model.layers.{i}.", block) for i in range(3)]
    embeddings = {"model.embed_tokens.weight"}
    return {
        "custom": embeddings | blocks[0] | blocks[1] | blocks[2] | norm | output,
        "embeddings-output": embeddings | output,
        "last-decoder-block": blocks[2],
        "prefix": PREFIXES["decoder-only"],
        # One block frozen.
        "telly": blocks[1] | blocks[2] | norm | output,
    }


def _bart() -> dict[str, set[str]]:
    encoder = [_under(f"model.encoder.layers.{i}.", _BART_ENCODER_BLOCK) for i in range(2)]
    decoder = [_under(f"model.decoder.layers.{i}.", _BART_DECODER_BLOCK) for i in range(2)]
    embeddings = {
        "model.shared.weight",
        "model.encoder.embed_positions.weight",
        "model.decoder.embed_positions.weight",
    }
    norms = _under("model.encoder.layernorm_embedding.", "weight bias")
    norms |= _under("model.decoder.layernorm_embedding.", "weight bias")
    return {
        "custom": embeddings | norms | encoder[0] | encoder[1] | decoder[0] | decoder[1],
        "embeddings-output": embeddings,
        "last-decoder-block": decoder[1],
        "prefix": PREFIXES["encoder-decoder"],
        # Two encoder blocks and one decoder block frozen.
        "telly": decoder[1],
    }


def _t5() -> dict[str, set[str]]:
    encoder = [_under(f"encoder.block.{i}.", _T5_ENCODER_BLOCK) for i in range(2)]
    decoder = [_under(f"decoder.block.{i}.", _T5_DECODER_BLOCK) for i in range(2)]
    positions = {f"encoder.block.0.{_T5_POSITIONS}", f"decoder.block.0.{_T5_POSITIONS}"}
    norms = {"encoder.final_layer_norm.weight", "decoder.final_layer_norm.weight"}
    return {
        "custom": {"shared.weight"} | positions | norms | encoder[0] | encoder[1] | decoder[0] | decoder[1],
        "embeddings-output": {"shared.weight"},
        "last-decoder-block": decoder[1],
        "prefix": PREFIXES["encoder-decoder"],
        # One encoder block frozen.
        "telly": encoder[1]
        | norms
        | decoder[0]
        | {f"decoder.block.0.{_T5_POSITIONS}"}
        | decoder[1],
    }


_NORM = {"model.norm.weight"}
EXPECTED_NAMES: dict[str, dict[str, set[str]]] = {
    "llama": _decoder_only(_LLAMA_BLOCK, _NORM, set()),
    "qwen2": _decoder_only(_QWEN2_BLOCK, _NORM, {"lm_head.weight"}),
    "starcoder2": _decoder_only(_STARCODER2_BLOCK, {"model.norm.weight", "model.norm.bias"}, set()),
    "bart": _bart(),
    "t5": _t5(),
}
# Bottom blocks that telly freezes in these tests.
FROZEN_BLOCKS = {"llama": 1, "qwen2": 1, "starcoder2": 1, "bart": 3, "t5": 1}
