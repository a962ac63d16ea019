"""Every reason for which a run cannot go on, and the two ways in which a run ends early."""

from __future__ import annotations

import errno
from typing import Literal

FailureReason = Literal["invalid-spec", "invalid-base-model", "too-few-pairs", "out-of-memory", "disk-full", "internal"]

# EFBIG is what a file-size limit raises; for the user it is the same situation: there is no room to write.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunFailure(Exception):
    """A run that cannot go on. `message` is one sentence for the user: cause and next step, without source code."""

    def __init__(self, reason: FailureReason, message: str) -> None:
        super().__init__(message)
        self.reason: FailureReason = reason
        self.message = message


class RunCancellation(Exception):
    """Raised between two steps after a signal asked the run to end. A result, not an error."""


def failure_of(error: BaseException) -> RunFailure:
    """The failure that tells the user about `error`. Texts of foreign errors stay out: they might quote the user's data."""
    if isinstance(error, RunFailure):
        return error
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return RunFailure(
            "disk-full",
            "The trainer could not write because the disk is full or a size limit is reached; "
            "free some space and start the run again, it goes on from its last checkpoint.",
        )
    if _is_out_of_memory(error):
        return RunFailure(
            "out-of-memory",
            "The model and its training state do not fit into memory; choose a lighter strategy such as "
            "last-decoder-block or prefix, or a smaller base model.",
        )
    return RunFailure(
        "internal",
        f"The trainer stopped on an unexpected {type(error).__name__}; the server's log of this run holds the trace.",
    )


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    # PyTorch's CPU allocator has no error class of its own.
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)
