"""Reads {"tokenizer": FILE, "texts": [...]} from stdin; prints for each text its token ids and their text, by the Python package."""

import json
import sys

from tokenizers import Tokenizer

request = json.load(sys.stdin)
tokenizer = Tokenizer.from_file(request["tokenizer"])
encoded = [tokenizer.encode(text, add_special_tokens=False).ids for text in request["texts"]]
json.dump([{"ids": ids, "text": tokenizer.decode(ids)} for ids in encoded], sys.stdout)
