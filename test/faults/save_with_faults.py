"""Saves the same adapter again and again with the trainer's own code, each time with one fault at one step of the writing.

Arguments: a checkpoint-free output folder, the adapter to copy, and which steps to take (every n-th). One JSON object a line: the fault, the
step and the folder that it left, if any. A step is a write, a flush to the disk, or a change of a name.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from pathlib import Path

from bespoke_trainer import adapter_folder
from bespoke_trainer.tensor_file import read_tensors

FAULTS = ("full-disk", "io-error", "torn-write", "killed", "killed-torn", "none")


class Faults:
    """Counts the steps and lets one go wrong."""

    def __init__(self, fault: str, at: int) -> None:
        self.fault, self.at, self.steps = fault, at, 0

    def step(self, torn=lambda: None) -> None:
        """`torn` does half of what the step does."""
        self.steps += 1
        if self.steps != self.at:
            return
        if self.fault == "full-disk":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.fault == "io-error":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.fault in ("torn-write", "killed-torn"):
            torn()
        if self.fault == "torn-write":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.fault.startswith("killed"):
            os._exit(9)


def install(faults: Faults) -> None:
    class FaultyFile(io.FileIO):
        def write(self, data):
            whole = bytes(data)
            faults.step(lambda: io.FileIO.write(self, whole[: len(whole) // 2]))
            return super().write(whole)

    plain_open = io.open

    def faulty_open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest):
        if "w" not in mode:
            return plain_open(file, mode, buffering, encoding, errors, newline, *rest)
        # Small blocks, so that a file is many writes.
        binary = io.BufferedWriter(FaultyFile(file, "w"), 512)
        return binary if "b" in mode else io.TextIOWrapper(binary, encoding, errors, newline)

    io.open = faulty_open
    for name in ("fsync", "rename", "replace", "mkdir"):
        plain = getattr(os, name)
        setattr(os, name, lambda *arguments, plain=plain: (faults.step(), plain(*arguments))[1])


def save(folder: Path, source: Path) -> None:
    manifest = json.loads((source / "manifest.json").read_text())
    tensors, _ = read_tensors(source / "adapter.safetensors")
    description = {key: value for key, value in manifest.items() if key not in ("format", "tensors", "files")}
    adapter_folder.write_adapter(folder, tensors, description)


def attempt(folder: Path, source: Path, fault: str, at: int) -> int:
    """Saves in a process of its own, which a fault may end; returns the number of steps, for what ends well."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        faults = Faults(fault, at)
        install(faults)
        try:
            save(folder, source)
        except OSError:
            os._exit(1)
        os.write(writing, str(faults.steps).encode())
        os._exit(0)
    os.close(writing)
    told = os.read(reading, 100)
    os.close(reading)
    os.waitpid(child, 0)
    return int(told or 0)


def main() -> None:
    out, source, stride = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    steps = attempt(out / "whole", source, "none", 0)
    for fault in FAULTS[:-1]:
        for at in range(1, steps + 1, stride):
            folder = out / f"{fault}-{at}"
            attempt(folder, source, fault, at)
            left = folder.exists()
            # What a killed process left must not be in the way of the next one.
            attempt(folder, source, "none", 0)
            print(json.dumps({"fault": fault, "step": at, "steps": steps, "folder": str(folder), "left": left}))


if __name__ == "__main__":
    main()
