"""The folder that keeps a run's state between processes, used by one process at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bespoke_trainer.atomic_files import atomic_file
from bespoke_trainer.failures import RunFailure

_LOCK_WAIT_SECONDS = 60.0


@contextmanager
def locked_work_folder(folder: Path, raise_if_cancelled: Callable[[], None]) -> Iterator[None]:
    """Holds the folder's lock. The system frees it when the process ends, however it ends.

    A process whose server died ends at its next event, so the next one waits for it a moment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        deadline = time.monotonic() + _LOCK_WAIT_SECONDS
        while not _try_lock(file.fileno()):
            raise_if_cancelled()
            if time.monotonic() > deadline:
                raise RunFailure(
                    "internal", "Another trainer process still works on this run; wait until it ends and start it again."
                )
            time.sleep(0.2)
        yield


def remembered_threads(folder: Path, choose: Callable[[], int]) -> int:
    """The number of threads that the run's first process chose.

    Sums depend on how work is cut into threads; a restarted process that cut it otherwise would end with other bits.
    """
    file = folder / "threads.json"
    threads = read_kept(file, "threads")
    if not isinstance(threads, int) or threads < 1:
        threads = choose()
        keep(file, "threads", threads)
    return threads


def keep(file: Path, identity: str, value: Any) -> None:
    """Keeps a JSON value for the next process. `identity` names all that it depends on."""
    with atomic_file(file) as stream:
        stream.write(json.dumps({"identity": identity, "value": value}).encode())


def read_kept(file: Path, identity: str) -> Any:
    """The value kept under the same identity, or None."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return kept["value"] if kept["identity"] == identity else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _try_lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
