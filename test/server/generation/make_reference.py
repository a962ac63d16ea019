"""Writes what generation is compared with: `make_reference.py OUT`.

For every architecture OUT/NAME holds a base-model folder of a tiny random checkpoint, an adapter folder of every strategy with random
changes, and what Hugging Face computes with them: log-probabilities of given targets, greedy and beam search.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
import transformers
from bespoke_trainer.adapter_folder import write_adapter
from bespoke_trainer.atomic_files import sha256_of_file
from bespoke_trainer.base_model import main as build_base_model
from tiny_checkpoints import ARCHITECTURES, VOCABULARY, tiny_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import nn
from transformers import DynamicCache, EncoderDecoderCache

P = 5
MAX_NEW_TOKENS = 24
STRATEGIES = ("custom", "embeddings-output", "last-decoder-block", "telly", "prefix")


def write_tokenizer(folder: Path) -> None:
    """One token for each of some characters, and four special ones before them."""
    characters = [chr(code) for code in range(35, 35 + VOCABULARY - 4)]
    vocabulary = {token: i for i, token in enumerate(["<0>", "<1>", "<2>", "<3>", *characters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)


def changed_names(model: nn.Module, strategy: str) -> list[str]:
    names = [name for name, _ in model.named_parameters()]
    is_seq2seq = model.config.is_encoder_decoder
    last = model.config.num_hidden_layers - 1
    decoder_block = {"t5": "decoder.block."}.get(model.config.model_type, "model.decoder.layers." if is_seq2seq else "model.layers.")
    if strategy == "custom":
        return names
    if strategy == "embeddings-output":
        return [name for name in names if any(part in name for part in ("embed", "shared", "lm_head")) and "norm" not in name]
    if strategy == "last-decoder-block":
        return [name for name in names if name.startswith(f"{decoder_block}{last}.")]
    encoder_block = "encoder.block.1." if model.config.model_type == "t5" else "model.encoder.layers.1."
    kept = [f"{decoder_block}{last}.", "norm.weight", "final_layer_norm", *([encoder_block] if is_seq2seq else [])]
    return [name for name in names if any(part in name for part in kept)]


def adapter_tensors(model: nn.Module, strategy: str) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(STRATEGIES.index(strategy))
    if strategy != "prefix":
        parameters = dict(model.named_parameters())
        return {
            name: parameters[name] + 0.2 * parameters[name].std() * torch.randn(parameters[name].shape, generator=generator)
            for name in changed_names(model, strategy)
        }
    config = model.config
    head_size = getattr(config, "d_kv", None) or config.hidden_size // config.num_attention_heads
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    if config.is_encoder_decoder:
        decoder_blocks = getattr(config, "num_decoder_layers", None) or config.decoder_layers
        stacks = {"decoder": decoder_blocks, "encoder": config.num_hidden_layers}
    else:
        stacks = {"decoder": config.num_hidden_layers}
    return {
        f"prefix.{stack}.{kind}": torch.randn((blocks, P, heads, head_size), generator=generator)
        for stack, blocks in stacks.items()
        for kind in ("keys", "values")
    }


def prefix_cache(adapter: dict[str, torch.Tensor], stack: str) -> DynamicCache:
    cache = DynamicCache()
    for block, (keys, values) in enumerate(zip(adapter[f"prefix.{stack}.keys"], adapter[f"prefix.{stack}.values"])):
        cache.update(keys.transpose(0, 1).unsqueeze(0), values.transpose(0, 1).unsqueeze(0), block)
    return cache


def attach_encoder_prefix(model: nn.Module, adapter: dict[str, torch.Tensor]) -> None:
    """Gives every encoder self-attention a cache that holds the prefix: Hugging Face's own attention then does the rest."""
    if model.config.model_type == "t5":
        attentions = [block.layer[0].SelfAttention for block in model.encoder.block]
    else:
        attentions = [layer.self_attn for layer in model.model.encoder.layers]
        places = model.model.encoder.embed_positions
        embed = places.forward
        places.forward = lambda ids, *_, **__: embed(ids, P)
    for block, attention in enumerate(attentions):
        attention.layer_idx = block
        original = attention.forward

        def forward(*args: Any, original: Any = original, **kwargs: Any) -> Any:
            return original(*args, **{**kwargs, "past_key_values": prefix_cache(adapter, "encoder")})

        attention.forward = forward


def log_probabilities(model: nn.Module, adapter: dict[str, torch.Tensor], source: list[int], target: list[int]) -> torch.Tensor:
    """Of every token after the source, [len(target) + 1, vocabulary], by one forward pass."""
    config = model.config
    has_prefix = "prefix.decoder.keys" in adapter
    cache = prefix_cache(adapter, "decoder") if has_prefix else None
    if config.is_encoder_decoder:
        logits = model(
            input_ids=torch.tensor([[*source, config.eos_token_id]]),
            decoder_input_ids=torch.tensor([[config.decoder_start_token_id, *target]]),
            past_key_values=EncoderDecoderCache(cache, DynamicCache()) if cache is not None else None,
        ).logits[0]
    else:
        logits = model(torch.tensor([[*source, *target]]), past_key_values=cache).logits[0, len(source) - 1 :]
    return torch.log_softmax(logits.float(), -1)


def greedy(model: nn.Module, adapter: dict[str, torch.Tensor], source: list[int]) -> dict[str, Any]:
    """By whole forward passes, without any cache of generated tokens."""
    tokens: list[int] = []
    total = 0.0
    for _ in range(MAX_NEW_TOKENS):
        last = log_probabilities(model, adapter, source, tokens)[-1]
        token = int(last.argmax())
        total += float(last[token])
        if token == model.config.eos_token_id:
            break
        tokens.append(token)
    return {"tokens": tokens, "logProbability": total}


def beam_search(model: nn.Module, source: list[int], width: int, penalty: float, early: bool | str) -> list[list[int]]:
    eos = model.config.eos_token_id
    is_seq2seq = model.config.is_encoder_decoder
    ids = torch.tensor([[*source, eos] if is_seq2seq else source])
    sequences = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        num_beams=width,
        num_return_sequences=width,
        do_sample=False,
        length_penalty=penalty,
        early_stopping=early,
        max_new_tokens=MAX_NEW_TOKENS,
        forced_bos_token_id=None,
        forced_eos_token_id=None,
        no_repeat_ngram_size=0,
    )
    found = []
    for sequence in sequences.tolist():
        new = sequence[1:] if is_seq2seq else sequence[len(source) :]
        found.append(new[: new.index(eos)] if eos in new else new)
    return found


def main(out: Path) -> None:
    for architecture in ARCHITECTURES:
        folder = out / architecture
        model = tiny_model(architecture)
        with torch.no_grad():
            for parameter in model.parameters():
                # Larger weights give peaked distributions, so that rounding decides no choice.
                if parameter.dim() > 1:
                    parameter *= 4
        model.save_pretrained(folder / "checkpoint")
        write_tokenizer(folder / "checkpoint")
        arguments = ["--checkpoint", str(folder / "checkpoint"), "--out", str(folder / "base"), "--name", architecture]
        if build_base_model(arguments) != 0:
            sys.exit(f"The base-model folder of {architecture} was not built.")
        manifest = json.loads((folder / "base" / "manifest.json").read_text())
        generator = torch.Generator().manual_seed(3)
        sources = [torch.randint(4, VOCABULARY, (n,), generator=generator).tolist() for n in (1, 7, 40)]
        target = torch.randint(4, VOCABULARY, (9,), generator=generator).tolist()
        cases = []
        for strategy in (None, *STRATEGIES):
            with torch.no_grad():
                tuned = type(model).from_pretrained(folder / "checkpoint", attn_implementation="eager").eval()
                adapter = {} if strategy is None else adapter_tensors(tuned, strategy)
                if strategy is not None:
                    description = {
                        "runId": f"{architecture}-{strategy}",
                        "strategy": strategy,
                        "family": manifest["family"],
                        "baseModelSha256": sha256_of_file(folder / "base" / "manifest.json"),
                        "corpusSha256": "0" * 64,
                        "prefixLength": P if strategy == "prefix" else None,
                    }
                    write_adapter(folder / "adapters" / strategy, adapter, description)
                parameters = dict(tuned.named_parameters())
                for name, tensor in adapter.items():
                    if not name.startswith("prefix."):
                        parameters[name].copy_(tensor)
                if "prefix.encoder.keys" in adapter:
                    attach_encoder_prefix(tuned, adapter)
                for source in sources:
                    case: dict[str, Any] = {"strategy": strategy, "source": source, "target": target}
                    case["logProbabilities"] = log_probabilities(tuned, adapter, source, target).tolist()
                    case["greedy"] = greedy(tuned, adapter, source)
                    case["beams"] = []
                    if strategy in (None, "last-decoder-block"):
                        for width, penalty, early in ((2, 1.0, False), (3, 0.0, "never"), (4, 2.0, True), (5, 1.0, "never"), (5, 0.6, True)):
                            found = beam_search(tuned, source, width, penalty, early)
                            case["beams"].append({"width": width, "lengthPenalty": penalty, "earlyStopping": early, "tokens": found})
                    cases.append(case)
        expected = {"maxNewTokens": MAX_NEW_TOKENS, "cases": cases}
        (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    # Models this small gain nothing from threads, and waiting threads starve beside other processes.
    torch.set_num_threads(1)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    main(Path(sys.argv[1]))
