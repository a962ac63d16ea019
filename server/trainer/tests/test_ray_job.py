"""The trainer as a job of a Ray cluster, without the cluster: its folder, its permit and its exit codes."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from event_contract import check_events
from tiny_runs import write_spec


class Job:
    """A job in a run's work folder, as the server lays it out."""

    def __init__(self, folder: Path, spec: Path) -> None:
        self.work = json.loads(spec.read_text())["workDir"]
        self.attempt = Path(self.work) / "ray" / "1"
        self.permit = self.attempt / "permit"
        self.attempt.mkdir(parents=True)
        self.permit.touch()
        self._log = folder / "trainer.log"
        self._spec = spec

    def start(self) -> subprocess.Popen[str]:
        root = Path(__file__).resolve().parents[1]
        command = [sys.executable, "-m", "bespoke_trainer.ray_job", self.attempt, self._spec, self._log]
        environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "3"}
        return subprocess.Popen([str(part) for part in command], env=environment, stdout=subprocess.PIPE, text=True)

    def events(self) -> list[dict]:
        return [json.loads(line) for line in (self.attempt / "events.jsonl").read_text().splitlines()]

    def end(self) -> dict:
        return json.loads((self.attempt / "end.json").read_text())


def test_what_a_trainer_says_and_how_it_ends_is_in_its_folder(tmp_path):
    job = Job(tmp_path, write_spec(tmp_path, tmp_path / "no-base", "prefix"))
    process = job.start()
    assert process.communicate(timeout=600)[0] == ""
    assert process.returncode == 2
    check_events(job.events())
    assert job.events()[-1]["runFailed"]["reason"] == "invalid-base-model"
    assert job.end() == {"code": 2, "signal": None}
    assert json.loads((Path(job.work) / "threads.json").read_text())["value"] == 3


def test_a_trainer_whose_permit_is_gone_never_begins(tmp_path):
    job = Job(tmp_path, write_spec(tmp_path, tmp_path / "no-base", "prefix"))
    job.permit.unlink()
    assert job.start().wait(timeout=600) == 75
    assert list(job.attempt.iterdir()) == []


def test_a_trainer_whose_permit_is_taken_away_ends(tmp_path):
    job = Job(tmp_path, write_spec(tmp_path, tmp_path / "no-base", "prefix"))
    with (Path(job.work) / "lock").open("w") as lock:
        # It waits for the one before it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = job.start()
        deadline = time.monotonic() + 300
        while not (Path(job.work) / "threads.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        job.permit.unlink()
        assert process.wait(timeout=600) == 143
    assert list(job.events()[-1]) == ["timeMs", "runCancelled"]
    assert job.end() == {"code": 143, "signal": None}


def test_a_node_that_does_not_see_the_folder_says_so(tmp_path):
    job = Job(tmp_path, write_spec(tmp_path, tmp_path / "no-base", "prefix"))
    job.attempt = tmp_path / "elsewhere" / "ray" / "1"
    process = job.start()
    assert "does not see" in process.communicate(timeout=600)[0]
    assert process.returncode == 78
