"""Checks events against proto/bespoke/v1: every field exists there and has the type that proto JSON gives it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bespoke_trainer.run_spec import STRATEGY_NAMES

_PROTO = Path(__file__).resolve().parents[3] / "proto" / "bespoke" / "v1"
_FIELD = re.compile(r"^\s*(repeated |optional )?([\w.]+) (\w+) = \d+;", re.MULTILINE)


def check_events(events: list[dict[str, Any]]) -> None:
    """Fails for an event that the server could not parse, or a stream that does not end with a final event."""
    messages = _messages()
    for event in events:
        assert len(event) == 2 and "timeMs" in event, event.keys()
        _check_message(event, "RunEvent", messages)
    last = next(kind for kind in events[-1] if kind != "timeMs")
    assert last in ("adapterWritten", "runFailed", "runCancelled")


def _messages() -> dict[str, dict[str, tuple[bool, str]]]:
    """Fields by JSON name of every message: whether repeated, and the type."""
    found = {}
    for file in ("trainer.proto", "common.proto"):
        text = (_PROTO / file).read_text(encoding="utf-8")
        for name, body in re.findall(r"^message (\w+) \{(.*?)^\}", text, re.MULTILINE | re.DOTALL):
            fields = _FIELD.findall(body)
            found[name] = {_camel(field): (modifier == "repeated ", kind) for modifier, kind, field in fields}
    return found


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _check_message(value: Any, message: str, messages: dict[str, Any]) -> None:
    assert isinstance(value, dict), message
    for name, field in value.items():
        assert name in messages[message], f"{message} has no field {name}"
        is_repeated, kind = messages[message][name]
        for item in field if is_repeated else [field]:
            _check_value(item, kind, messages)


def _check_value(value: Any, kind: str, messages: dict[str, Any]) -> None:
    if kind in messages:
        _check_message(value, kind, messages)
    elif kind == "Strategy":
        assert value in STRATEGY_NAMES, value
    elif kind == "HeldOutSplit":
        assert value in ("HELD_OUT_SPLIT_BY_PAIR", "HELD_OUT_SPLIT_BY_FOCAL_CLASS"), value
    elif kind == "int64":
        assert isinstance(value, str) and re.fullmatch(r"-?\d+", value), value
    elif kind == "int32":
        assert type(value) is int, value
    elif kind == "double":
        assert type(value) in (int, float), value
    elif kind == "bool":
        assert type(value) is bool, value
    else:
        assert kind == "string" and isinstance(value, str), (kind, value)
