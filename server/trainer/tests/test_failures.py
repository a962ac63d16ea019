"""What a user is told when a run cannot go on. Memory really runs out here, under a limit of the process."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest

from bespoke_trainer.failures import failure_of

RUN_OUT_OF_MEMORY = """
import resource, sys
import torch
from bespoke_trainer.failures import failure_of

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 64 * 2**20, used + 64 * 2**20))
try:
    {allocate}
except BaseException as error:
    failure = failure_of(error)
    print(failure.reason, "|", failure.message)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are set in Linux's way")
@pytest.mark.parametrize(
    "allocate", ["torch.zeros(2**31)", "torch.zeros(2**13, 2**13) @ torch.zeros(2**13, 2**13)", "bytearray(2**31)"]
)
def test_memory_that_runs_out_is_told_as_that(allocate: str) -> None:
    program = RUN_OUT_OF_MEMORY.format(allocate=allocate)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert ended.stdout.startswith("out-of-memory | "), ended.stderr
    assert "choose a lighter strategy such as last-decoder-block or prefix" in ended.stdout


def test_a_full_disk_is_told_as_that() -> None:
    failure = failure_of(OSError(errno.ENOSPC, "No space left on device", "/secret/file"))
    assert failure.reason == "disk-full"
    assert "secret" not in failure.message


def test_what_is_unexpected_names_its_kind_and_not_its_text() -> None:
    failure = failure_of(ValueError("int total = 0;"))
    assert failure.reason == "internal"
    assert "ValueError" in failure.message
    assert "total" not in failure.message
