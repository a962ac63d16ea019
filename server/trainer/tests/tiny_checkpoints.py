"""Tiny checkpoints with random weights, one per architecture: real Hugging Face models, small enough to train in a test."""

from __future__ import annotations

import torch
import transformers
from torch import nn

VOCABULARY = 64
ARCHITECTURES = ("bart", "plbart", "t5", "llama", "qwen2", "starcoder2")


def tiny_model(architecture: str) -> nn.Module:
    """A model of two blocks per stack (three for decoder-only), the same weights in every call."""
    torch.manual_seed(1)
    with torch.no_grad():
        model = _MODELS[architecture]()
        # Fresh norms are all ones and fresh biases all zeros: moved, so that a forgotten one shows in a comparison.
        for parameter in model.parameters():
            parameter += 0.05 * torch.randn_like(parameter)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer += torch.randn_like(buffer)
    return model.eval().requires_grad_(False)


def _decoder_only(config_class: type, model_class: type, **more: object) -> nn.Module:
    config = config_class(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        **more,
    )
    return model_class(config)


def _bart_like(config_class: type, model_class: type, **more: object) -> nn.Module:
    config = config_class(
        vocab_size=VOCABULARY,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=48,
        decoder_ffn_dim=48,
        max_position_embeddings=256,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
        decoder_start_token_id=2,
        **more,
    )
    return model_class(config)


def _t5() -> nn.Module:
    config = transformers.T5Config(
        vocab_size=VOCABULARY,
        d_model=32,
        d_kv=8,
        d_ff=48,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=4,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=16,
        feed_forward_proj="gated-gelu",
        eos_token_id=1,
        pad_token_id=0,
        decoder_start_token_id=0,
    )
    return transformers.T5ForConditionalGeneration(config)


_MODELS = {
    "bart": lambda: _bart_like(transformers.BartConfig, transformers.BartForConditionalGeneration),
    "plbart": lambda: _bart_like(transformers.PLBartConfig, transformers.PLBartForConditionalGeneration),
    "t5": _t5,
    "llama": lambda: _decoder_only(transformers.LlamaConfig, transformers.LlamaForCausalLM, tie_word_embeddings=True),
    # Untied, so that an output layer of its own is tried too.
    "qwen2": lambda: _decoder_only(transformers.Qwen2Config, transformers.Qwen2ForCausalLM, tie_word_embeddings=False),
    "starcoder2": lambda: _decoder_only(
        transformers.Starcoder2Config, transformers.Starcoder2ForCausalLM, tie_word_embeddings=True, sliding_window=None
    ),
}
