"""The command line of a training of a base model: folders, options, events on standard output, exit codes of a run (`__main__.py`)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.failures import RunCancellation, failure_of
from bespoke_trainer.run_events import RunEvents, reserve_standard_output
from bespoke_trainer.work_folder import locked_work_folder


@dataclass(frozen=True)
class BaseCommand:
    """What one such command is called and takes."""

    module: str
    description: str
    # Help by the name of each path that must be given; the one called `work` holds the checkpoints.
    paths: dict[str, str]
    # A dataclass: each field is an option, and its value the default.
    defaults: Any


def run_base_command(
    command: BaseCommand, arguments: list[str], train: Callable[[dict[str, Path], Any, RunEvents, Cancellation], None]
) -> int:
    """Reads the command line and trains, alone in its work folder. Returns the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m {command.module}", description=command.description)
    for name, text in command.paths.items():
        parser.add_argument(f"--{name}", type=Path, required=True, help=text)
    for name, value in asdict(command.defaults).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    chosen = vars(parser.parse_args(arguments))
    paths = {name: chosen.pop(name).absolute() for name in command.paths}
    options = type(command.defaults)(**chosen)
    cancellation = Cancellation()
    cancellation.listen()
    events = RunEvents(reserve_standard_output())
    try:
        with locked_work_folder(paths["work"], cancellation.raise_if_requested):
            train(paths, options, events, cancellation)
        return 0
    except RunCancellation:
        events.run_cancelled(step=0)
        return cancellation.exit_code()
    except Exception as error:
        failure = failure_of(error)
        events.run_failed(failure.reason, failure.message)
        if failure.reason == "internal":
            raise
        return 2
