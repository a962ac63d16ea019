"""What the machine offers: device, threads and the floating-point type that it multiplies fastest."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

_BUSY_SAMPLE_SECONDS = 0.2


def free_cores() -> int:
    """Cores of this process that nobody uses now, but two where there are two.

    A thread that shares its core with a busy process holds up all others at every barrier, so one too many costs more than one too
    few. Of two cores both are taken all the same: what keeps the other busy at this moment is mostly the server that has just
    prepared the run, and a run on one core takes twice as long.
    """
    allowed = min(_affinity(), _cgroup_cores())
    free = (os.cpu_count() or 1) - _busy_cores()
    return int(max(1, min(allowed, max(2, round(free)))))


def set_thread_environment(threads: int) -> None:
    """Sizes OpenMP. Only works before PyTorch is imported. Waiting threads sleep instead of spinning beside the user's work."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["MKL_NUM_THREADS"] = str(threads)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Deterministic products on CUDA need a fixed workspace.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


def best_compute_type() -> str:
    """`bfloat16` where the hardware multiplies it natively, else `float32`."""
    import torch

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "bfloat16" if native else "float32"


def _affinity() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cgroup_cores() -> float:
    """Cores that a container's quota allows; infinity without one."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return math.inf if quota == "max" else max(1.0, int(quota) / int(period))
    except (OSError, ValueError):
        return math.inf


def _busy_cores() -> float:
    """Cores busy with anything, measured for a moment; 0 where the system does not tell."""
    before = _cpu_times()
    if before is None:
        return 0.0
    time.sleep(_BUSY_SAMPLE_SECONDS)
    after = _cpu_times()
    if after is None or after[1] == before[1]:
        return 0.0
    return (after[0] - before[0]) / (after[1] - before[1]) * (os.cpu_count() or 1)


def _cpu_times() -> tuple[int, int] | None:
    """Busy and total time of all cores so far, in clock ticks."""
    try:
        ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return None
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)
