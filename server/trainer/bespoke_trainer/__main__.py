"""`python -m bespoke_trainer SPEC.json`: one run. Events on standard output, log on standard error, no port.

Exit codes: 0 done, 2 failed (after the event runFailed), 130 or 143 cancelled by SIGINT or SIGTERM (after runCancelled).
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from bespoke_trainer.cancellation import Cancellation
from bespoke_trainer.failures import RunCancellation, failure_of
from bespoke_trainer.hardware import free_cores, set_thread_environment
from bespoke_trainer.run_events import RunEvents, reserve_standard_output
from bespoke_trainer.run_spec import RunSpec, read_run_spec
from bespoke_trainer.work_folder import locked_work_folder, remembered_threads

FAILED = 2


def main(arguments: list[str]) -> int:
    """Runs one specification and returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m bespoke_trainer SPEC.json", file=sys.stderr)
        return FAILED
    cancellation = Cancellation()
    cancellation.listen()
    events = RunEvents(reserve_standard_output())
    try:
        spec = read_run_spec(Path(arguments[0]).absolute())
        with locked_work_folder(spec.work_dir, cancellation.raise_if_requested):
            return _run(spec, events, cancellation)
    except BrokenPipeError:
        # The server is gone and nobody hears an event. The last checkpoint stays for the next process.
        print("Nobody reads the events any more; the run stops and can be resumed.", file=sys.stderr)
        return FAILED
    except RunCancellation:
        events.run_cancelled(step=0)
        return cancellation.exit_code()
    except Exception as error:
        return _fail(events, error)


def _run(spec: RunSpec, events: RunEvents, cancellation: Cancellation) -> int:
    threads = spec.options.threads or remembered_threads(spec.work_dir, free_cores)
    set_thread_environment(threads)
    # Imported here because PyTorch reads the number of threads when it is loaded.
    from bespoke_trainer.personalization import Personalization
    from bespoke_trainer.strategy_probes import StrategyProbes

    work = (Personalization if spec.probe is None else StrategyProbes)(spec, events, cancellation, threads)
    try:
        work.run()
        return 0
    except RunCancellation:
        events.run_cancelled(work.step)
        return cancellation.exit_code()


def _fail(events: RunEvents, error: Exception) -> int:
    failure = failure_of(error)
    if failure.reason == "internal":
        traceback.print_exc(file=sys.stderr)
    print(failure.message, file=sys.stderr)
    events.run_failed(failure.reason, failure.message)
    return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
