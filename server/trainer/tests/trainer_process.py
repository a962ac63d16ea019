"""The trainer as a process of its own.

Processes are forked from one that has imported PyTorch already: importing it anew takes longer than a tiny run.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    [
        "trainer_process",
        "bespoke_trainer.personalization",
        "transformers.models.bart.modeling_bart",
        "transformers.models.llama.modeling_llama",
        "transformers.models.auto.modeling_auto",
    ]
)
# The first process does not hand on its import path to what it preloads.
os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(__file__).resolve().parents[n]) for n in (0, 1))


class TrainerProcess:
    """A running trainer and what it has written so far."""

    def __init__(self, spec: Path, most_bytes_per_file: int | None = None) -> None:
        self._output = spec.with_suffix(f".{time.monotonic_ns()}.out")
        self._process = _context.Process(target=_main, args=(str(spec), str(self._output), most_bytes_per_file))
        self._process.start()

    def events(self) -> list[dict[str, Any]]:
        """Events of complete lines."""
        text = self._output.read_text() if self._output.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 300) -> None:
        """Waits until an event fulfils a condition."""
        deadline = time.monotonic() + seconds
        while not any(condition(event) for event in self.events()):
            assert self._process.is_alive(), f"the trainer ended before: {self.events()[-1:]}"
            assert time.monotonic() < deadline, "the event did not come"
            time.sleep(0.002)

    def signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def exit_code(self, seconds: float = 300) -> int | None:
        """The exit code; negative when a signal ended the process."""
        self._process.join(seconds)
        return self._process.exitcode


def _main(spec: str, output: str, most_bytes_per_file: int | None) -> None:
    from bespoke_trainer.__main__ import main

    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if most_bytes_per_file is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes_per_file, most_bytes_per_file))
    sys.exit(main([spec]))
