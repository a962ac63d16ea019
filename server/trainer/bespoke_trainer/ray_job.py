"""`python -m bespoke_trainer.ray_job ATTEMPT SPEC.json LOG`: the trainer as a job of a Ray cluster. Needs no Ray itself.

Server and trainer meet in the folder ATTEMPT, which both see (server/processes/ray-attempt.ts): events go into a file there instead of
standard output, because Ray forgets a job's output with its node, and the trainer works only while its permit is there.
Exit codes: the trainer's own; 75 when it may not start any more; 78 when this node does not see the folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

from bespoke_trainer.work_folder import remembered_threads

NOT_PERMITTED = 75
NO_FOLDER = 78
_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 2.0


def main(arguments: list[str]) -> int:
    """Runs one trainer, writes how it ended and returns its exit code."""
    attempt, spec, log = (Path(argument) for argument in arguments)
    if not attempt.parent.is_dir():
        print(f"This node does not see {attempt}: the server's data folder has to be on a file system that it shares.")
        return NO_FOLDER
    if not _is_permitted(attempt):
        return NOT_PERMITTED
    events = _append_to(attempt / "events.jsonl", 1)
    os.close(_append_to(log, 2))
    threading.Thread(target=_watch, args=(attempt, events), daemon=True).start()
    _keep_granted_threads(attempt)
    code = _run(spec)
    _write_end(attempt, code, None)
    return code


def _run(spec: Path) -> int:
    sys.argv = ["bespoke_trainer", str(spec)]
    try:
        runpy.run_module("bespoke_trainer", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _keep_granted_threads(attempt: Path) -> None:
    """Ray sizes OpenMP by the CPUs that it granted; the trainer would take every core that is free at this moment."""
    granted = os.environ.get("OMP_NUM_THREADS", "")
    if granted.isdigit():
        remembered_threads(attempt.parent.parent, lambda: int(granted))


def _watch(attempt: Path, events: int) -> None:
    """Ends this process when its permit is gone. Until then, lets the server see what was said, also through a network file system."""
    while _is_permitted(attempt):
        with contextlib.suppress(OSError):
            os.fsync(events)
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    _write_end(attempt, None, "SIGKILL")
    os.kill(os.getpid(), signal.SIGKILL)


def _is_permitted(attempt: Path) -> bool:
    """A file system in trouble is no reason to end: only a permit that is certainly gone."""
    try:
        # Opened, because a network file system answers other questions from memory.
        os.close(os.open(attempt / "permit", os.O_RDONLY))
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _write_end(attempt: Path, code: int | None, signal_name: str | None) -> None:
    """Makes no folder: where the run was erased nothing of it may come back."""
    temporary = attempt / ".end.json.tmp"
    with contextlib.suppress(FileNotFoundError):
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"code": code, "signal": signal_name}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(attempt / "end.json")


def _append_to(file: Path, descriptor: int) -> int:
    """Lets what is written to a descriptor go into a file. Returns one more descriptor of that file."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(opened, descriptor)
    return opened


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
