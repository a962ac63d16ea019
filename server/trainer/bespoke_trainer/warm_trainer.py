"""Trainers that are forked from a process which holds the base model already.

Each run gets a process of its own that begins as a copy of one that has seen no run: PyTorch, Transformers and the base model are in
it and nothing else, so that nothing of one tenant reaches the next. In it the very same trainer runs as on any other machine, with
the run's own threads, and ends with the same bits.

A process can only be forked safely while it has one thread: what runs before is told to use no more, so that there is no pool yet.
Nor can CUDA: the base waits in CPU memory, and the trainer moves it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import runpy
import signal
import sys
import threading
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path

from bespoke_trainer.hardware import set_thread_environment
from bespoke_trainer.work_folder import remembered_threads

NOT_PERMITTED = 75
NO_FOLDER = 78
_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 2.0
# Ray sizes OpenMP by the CPUs that it granted.
_GRANTED_THREADS = os.environ.get("OMP_NUM_THREADS", "")


@dataclass(frozen=True)
class Assignment:
    """One attempt at a run (server/processes/ray-attempt.ts)."""

    attempt: Path
    spec: Path
    log: Path
    # Variables that the trainer gets beside its own.
    environment: dict[str, str]


@dataclass(frozen=True)
class TrainerEnd:
    """How a trainer ended: with a code, or by a signal. `is_told`: the server finds it in the run's folder, or need not know."""

    code: int | None
    signal_name: str | None
    is_told: bool

    def exit_code(self) -> int:
        """For a process that ends like it; 128 and more for a signal, as a shell counts."""
        if self.code is not None:
            return self.code
        return 128 + (signal.Signals[self.signal_name] if self.signal_name is not None else 0)


def load_what_trainers_need(spec: Path) -> None:
    """Imports the trainer and holds the base of a specification, with one thread. What fails here is left for the trainer to tell."""
    set_thread_environment(1)
    # Otherwise the question whether there is a GPU starts CUDA, which a forked process could then not use.
    os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "1"
    try:
        base = Path(json.loads(spec.read_text(encoding="utf-8"))["baseModelDir"])
        import_module("torch").set_num_threads(1)
        for name in ("personalization", "strategy_probes"):
            import_module(f"bespoke_trainer.{name}")
        import_module("bespoke_trainer.held_base").hold_base(base)
    except Exception as error:
        # For Ray's log of the job; the message of a foreign error might quote anything.
        print(f"No base model is held ({type(error).__name__}): each trainer loads it itself.", flush=True)
    # What is there now is shared with the forked processes for as long as nobody writes to it.
    gc.freeze()


def run_trainer(assignment: Assignment) -> TrainerEnd:
    """Forks one trainer, ends it when its permit goes, and writes how it ended."""
    attempt = assignment.attempt
    if not attempt.parent.is_dir():
        print(f"This node does not see {attempt}: the server's data folder has to be on a file system that it shares.")
        return TrainerEnd(NO_FOLDER, None, is_told=False)
    if not is_there(attempt / "permit"):
        return TrainerEnd(NOT_PERMITTED, None, is_told=True)
    events = _opened(attempt / "events.jsonl")
    trainer = multiprocessing.get_context("fork").Process(target=_be_trainer, args=(assignment, events))
    trainer.start()
    _watch(trainer, attempt, events)
    os.close(events)
    ended = trainer.exitcode or 0
    trainer.close()
    code, signal_name = (ended, None) if ended >= 0 else (None, signal.Signals(-ended).name)
    return TrainerEnd(code, signal_name, is_told=_write_end(attempt, code, signal_name))


def is_there(file: Path) -> bool:
    """Whether a permit is there. A file system in trouble is no reason to end: only a permit that is certainly gone."""
    try:
        # Opened, because a network file system answers other questions from memory.
        os.close(os.open(file, os.O_RDONLY))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _watch(trainer: BaseProcess, attempt: Path, events: int) -> None:
    """Returns when the trainer has ended. Until then, lets the server see what was said, also through a network file system."""
    while trainer.exitcode is None:
        trainer.join(_LOOK_SECONDS)
        with contextlib.suppress(OSError):
            os.fsync(events)
        if not is_there(attempt / "permit"):
            trainer.terminate()
            trainer.join(_GRACE_SECONDS)
            trainer.kill()
            trainer.join()


def _be_trainer(assignment: Assignment, events: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.dup2(events, 1)
    os.dup2(_opened(assignment.log), 2)
    os.environ.update(assignment.environment)
    _keep_granted_threads(assignment.attempt)
    sys.argv = ["bespoke_trainer", str(assignment.spec)]
    runpy.run_module("bespoke_trainer", run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """Nobody would look at the permit any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _keep_granted_threads(attempt: Path) -> None:
    """The trainer would take every core that is free at this moment."""
    if _GRANTED_THREADS.isdigit():
        remembered_threads(attempt.parent.parent, lambda: int(_GRANTED_THREADS))


def _write_end(attempt: Path, code: int | None, signal_name: str | None) -> bool:
    """Makes no folder: where the run was erased nothing of it may come back. Returns whether there was one."""
    temporary = attempt / ".end.json.tmp"
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"code": code, "signal": signal_name}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(attempt / "end.json")
    except FileNotFoundError:
        return False
    return True


def _opened(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
