"""`python -m bespoke_trainer.ray_job POOL JOB IDLE_SECONDS`: trainers as a job of a Ray cluster. Needs no Ray itself.

Server and job meet in the folder POOL, which both see (server/processes/warm-jobs.ts). The job first takes the run that it was
submitted for, unless another job has. It loads what a trainer needs and the base model, then forks the trainer (warm_trainer.py),
and stays for the next run until none has come for IDLE_SECONDS.
Exit codes: 0 when no run came any more; 75 when it may not start; 78 when this node does not see the folders; the trainer's own
where the run's folder has no place for it any more.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from bespoke_trainer.warm_trainer import (
    NO_FOLDER,
    NOT_PERMITTED,
    Assignment,
    is_there,
    load_what_trainers_need,
    run_trainer,
)

_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Pool:
    """What a job sees of the folder."""

    folder: Path
    job: str

    def permits(self) -> bool:
        return is_there(self.folder / "permits" / self.job)

    def own(self) -> Assignment | None:
        """The run that the job was submitted for, without taking it."""
        return _read(self.folder / "waiting" / f"{self.job}.json")

    def take(self, name: str) -> Assignment | None:
        """Takes a waiting run; None when another job, or the server, was first."""
        taken = self.folder / "taken" / f"{name}@{self.job}"
        with contextlib.suppress(OSError):
            (self.folder / "waiting" / name).rename(taken)
        # Looked at in any case: a network file system may call a rename failed that it did.
        return _read(taken)

    def take_any(self) -> Assignment | None:
        """Takes the run that waits the longest."""
        with contextlib.suppress(OSError):
            waiting = (self.folder / "waiting").glob("*.json")
            for file in sorted(waiting, key=lambda file: file.stat().st_mtime_ns):
                assignment = self.take(file.name)
                if assignment is not None:
                    return assignment
        return None


def main(arguments: list[str]) -> int:
    """Works for runs until none comes, and returns the exit code."""
    pool = Pool(Path(arguments[0]), arguments[1])
    idle_seconds = float(arguments[2])
    if not pool.folder.parent.is_dir():
        print(f"This node does not see {pool.folder}: the server's data folder has to be on a file system that it shares.")
        return NO_FOLDER
    own = pool.own()
    if own is None or not pool.permits():
        return NOT_PERMITTED
    load_what_trainers_need(own.spec)
    ending = _Ending()
    assignment = pool.take(f"{pool.job}.json")
    if assignment is None:
        return NOT_PERMITTED
    while assignment is not None:
        end = run_trainer(assignment)
        if ending.is_asked or not end.is_told:
            return end.exit_code()
        assignment = _next(pool, ending, time.monotonic() + idle_seconds)
    return 0


def _next(pool: Pool, ending: _Ending, deadline: float) -> Assignment | None:
    while time.monotonic() < deadline and pool.permits() and not ending.is_asked:
        assignment = pool.take_any()
        if assignment is not None:
            return assignment
        time.sleep(_LOOK_SECONDS)
    return None


class _Ending:
    """Whether Ray asked the job to end. It asks the trainer as well, whose end is to be told first."""

    def __init__(self) -> None:
        self.is_asked = False
        signal.signal(signal.SIGTERM, self._remember)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self.is_asked = True


def _read(file: Path) -> Assignment | None:
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    attempt, spec, log = (Path(fields[name]) for name in ("attempt", "spec", "log"))
    return Assignment(attempt, spec, log, fields["environment"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
