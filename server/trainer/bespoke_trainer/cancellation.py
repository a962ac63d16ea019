"""Turns SIGTERM and SIGINT into a flag that the run reads between two steps."""

from __future__ import annotations

import signal
from types import FrameType

from bespoke_trainer.failures import RunCancellation


class Cancellation:
    """The request to end a run. `signal_number` is None while nobody asked."""

    def __init__(self) -> None:
        self.signal_number: int | None = None

    def listen(self) -> None:
        """Installs the handlers. Called before PyTorch is imported, so that a signal during the import counts too."""
        signal.signal(signal.SIGTERM, self._remember)
        signal.signal(signal.SIGINT, self._remember)

    def raise_if_requested(self) -> None:
        """Raises RunCancellation when a signal has come. Called at least once per forward pass."""
        if self.signal_number is not None:
            raise RunCancellation

    def exit_code(self) -> int:
        """What a shell expects of a process ended by that signal: 130 for SIGINT, 143 for SIGTERM."""
        return 128 + (self.signal_number if self.signal_number is not None else signal.SIGTERM)

    def _remember(self, signal_number: int, _frame: FrameType | None) -> None:
        self.signal_number = signal_number
