"""The engines that `npm run bench -- generation` compares with, one process for all: requests come as JSON lines, answers go back so.

`python generation_engines.py BASE_MODEL_FOLDER WORK_FOLDER THREADS`. A request is `{"engine", "inputs", "beams", "maxNewTokens"}`, its inputs
(token ids each, without special tokens) being one batch; the answer `{"seconds", "outputs"}`. Both engines are called as their documentation
says.

llama.cpp, which reads decoder-only models in eight bits (Q8_0) as well, is not among them: its Python package has no wheels, so that installing
it takes a C++ compiler and CMake.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Callable

import ctranslate2
import torch
import transformers
from ctranslate2.converters import TransformersConverter

Engine = Callable[[list[list[int]], int, int], list[list[int]]]


def hugging_face_decoder(folder: Path) -> Engine:
    """`generate` of the fp32 model, as it comes."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    pad = model.config.eos_token_id

    @torch.inference_mode()
    def generate(inputs: list[list[int]], beams: int, most: int) -> list[list[int]]:
        longest = max(map(len, inputs))
        # A decoder continues from the right end, so shorter inputs are filled up on the left.
        tokens = torch.tensor([[pad] * (longest - len(ids)) + ids for ids in inputs])
        mask = torch.tensor([[0] * (longest - len(ids)) + [1] * len(ids) for ids in inputs])
        written = model.generate(
            tokens, attention_mask=mask, num_beams=beams, do_sample=False, max_new_tokens=most, pad_token_id=pad
        )
        return [until_end(row[longest:].tolist(), pad) for row in written]

    return generate


def hugging_face_encoder_decoder(folder: Path) -> Engine:
    """The same for a model that reads its input with an encoder."""
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True).eval()
    pad, end = model.config.pad_token_id, model.config.eos_token_id

    @torch.inference_mode()
    def generate(inputs: list[list[int]], beams: int, most: int) -> list[list[int]]:
        longest = max(map(len, inputs)) + 1
        tokens = torch.tensor([[*ids, end] + [pad] * (longest - len(ids) - 1) for ids in inputs])
        written = model.generate(
            tokens, attention_mask=(tokens != pad).long(), num_beams=beams, do_sample=False, max_new_tokens=most
        )
        # What the decoder starts with comes first.
        return [until_end(row[1:].tolist(), end) for row in written]

    return generate


def ctranslate2_decoder(folder: Path, work: Path, threads: int) -> Engine:
    """CTranslate2 with eight-bit weights and activations."""
    converted = converted_to_ctranslate2(folder, work)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    end = tokenizer.eos_token_id
    generator = ctranslate2.Generator(
        str(converted), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
    )

    def generate(inputs: list[list[int]], beams: int, most: int) -> list[list[int]]:
        results = generator.generate_batch(
            [tokenizer.convert_ids_to_tokens(ids) for ids in inputs],
            beam_size=beams,
            sampling_topk=1,
            max_length=most,
            end_token=[end],
            include_prompt_in_result=False,
        )
        return [until_end(result.sequences_ids[0], end) for result in results]

    return generate


def ctranslate2_encoder_decoder(folder: Path, work: Path, threads: int) -> Engine:
    """The same for a model that reads its input with an encoder."""
    converted = converted_to_ctranslate2(folder, work)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    end = tokenizer.eos_token_id
    translator = ctranslate2.Translator(
        str(converted), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
    )

    def generate(inputs: list[list[int]], beams: int, most: int) -> list[list[int]]:
        results = translator.translate_batch(
            [tokenizer.convert_ids_to_tokens([*ids, end]) for ids in inputs], beam_size=beams, max_decoding_length=most
        )
        return [tokenizer.convert_tokens_to_ids(result.hypotheses[0]) for result in results]

    return generate


def converted_to_ctranslate2(folder: Path, work: Path) -> Path:
    """The model in CTranslate2's form; kept for the next time."""
    converted = work / "ctranslate2"
    if not (converted / "model.bin").is_file():
        # CTranslate2 asks for a field that Transformers 5 has no longer: BART's norms come after, not before.
        transformers.BartConfig.normalize_before = False
        TransformersConverter(str(folder)).convert(str(converted), force=True)
        # Nor does it read an unknown token that is null; our tokenizers know every byte and have none.
        config = json.loads((converted / "config.json").read_text(encoding="utf-8"))
        if config["unk_token"] is None:
            config["unk_token"] = config["eos_token"]
            (converted / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return converted


def until_end(tokens: list[int], end: int) -> list[int]:
    """The tokens before the end token."""
    return tokens[: tokens.index(end)] if end in tokens else tokens


def answer(engines: dict[str, Engine], request: dict[str, Any]) -> dict[str, Any]:
    """One batch's tokens and how long they took."""
    started = time.perf_counter()
    outputs = engines[request["engine"]](request["inputs"], request["beams"], request["maxNewTokens"])
    return {"seconds": time.perf_counter() - started, "outputs": outputs}


def main(folder: Path, work: Path, threads: int) -> None:
    torch.set_num_threads(threads)
    transformers.utils.logging.disable_progress_bar()
    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    engines = (
        {
            "hugging-face": hugging_face_encoder_decoder(folder),
            "ctranslate2-int8": ctranslate2_encoder_decoder(folder, work, threads),
        }
        if config.is_encoder_decoder
        else {"hugging-face": hugging_face_decoder(folder), "ctranslate2-int8": ctranslate2_decoder(folder, work, threads)}
    )
    print(json.dumps({"ready": list(engines)}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(engines, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
