"""The trainer as a job of a Ray cluster, without the cluster: its folder, its permit and its exit codes."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from event_contract import check_events
from bespoke_trainer import held_base
from tiny_runs import write_spec

TRAINER = Path(__file__).resolve().parents[1]


class Job:
    """A job and the runs that it is given, as the server lays them out."""

    def __init__(self, folder: Path, idle_seconds: float = 0) -> None:
        self.pool = folder / "trainer-jobs" / "pool"
        for name in ("waiting", "taken", "permits"):
            (self.pool / name).mkdir(parents=True)
        (self.pool / "permits" / "job-1").touch()
        self._idle_seconds = idle_seconds

    def start(self, threads: int = 3) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bespoke_trainer.ray_job", self.pool, "job-1", self._idle_seconds]
        environment = os.environ | {"PYTHONPATH": str(TRAINER), "OMP_NUM_THREADS": str(threads)}
        return subprocess.Popen([str(part) for part in command], env=environment, stdout=subprocess.PIPE, text=True)


class Attempt:
    """An attempt at a run."""

    def __init__(self, spec: Path, **environment: str) -> None:
        self.work = Path(json.loads(spec.read_text())["workDir"])
        self._folder = self.work / "ray" / "1"
        self.permit = self._folder / "permit"
        self._folder.mkdir(parents=True)
        self.permit.touch()
        self.log = spec.parent / "trainer.log"
        self._assignment = {"attempt": str(self._folder), "spec": str(spec), "log": str(self.log), "environment": environment}

    def wait_in(self, pool: Path, name: str = "job-1") -> Attempt:
        unfinished = pool / "waiting" / name
        unfinished.write_text(json.dumps(self._assignment))
        unfinished.rename(unfinished.with_name(f"{name}.json"))
        return self

    def events(self) -> list[dict]:
        return [json.loads(line) for line in (self._folder / "events.jsonl").read_text().splitlines()]

    def end(self) -> dict:
        return json.loads((self._folder / "end.json").read_text())

    def has_begun(self) -> bool:
        return (self._folder / "events.jsonl").exists()

    def has_ended(self) -> bool:
        return (self._folder / "end.json").exists()


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_a_trainer_says_and_how_it_ends_is_in_its_folder(tmp_path):
    job = Job(tmp_path)
    run = Attempt(write_spec(tmp_path, tmp_path / "no-base", "prefix")).wait_in(job.pool)
    process = job.start()
    assert process.communicate(timeout=600)[0] == "No base model is held (FileNotFoundError): each trainer loads it itself.\n"
    assert process.returncode == 0
    check_events(run.events())
    assert run.events()[-1]["runFailed"]["reason"] == "invalid-base-model"
    assert run.end() == {"code": 2, "signal": None}
    assert json.loads((run.work / "threads.json").read_text())["value"] == 3
    assert not any((job.pool / "waiting").iterdir())
    assert [file.name for file in (job.pool / "taken").iterdir()] == ["job-1.json@job-1"]


def test_a_trainer_whose_permit_is_gone_never_begins(tmp_path):
    job = Job(tmp_path)
    run = Attempt(write_spec(tmp_path, tmp_path / "no-base", "prefix")).wait_in(job.pool)
    run.permit.unlink()
    assert job.start().wait(timeout=600) == 0
    assert not run.has_begun()
    assert not run.has_ended()


def test_a_job_whose_permit_or_run_is_gone_never_begins(tmp_path):
    job = Job(tmp_path, idle_seconds=600)
    assert job.start().wait(timeout=600) == 75
    run = Attempt(write_spec(tmp_path, tmp_path / "no-base", "prefix")).wait_in(job.pool)
    (job.pool / "permits" / "job-1").unlink()
    assert job.start().wait(timeout=600) == 75
    assert not run.has_begun()


def test_a_trainer_whose_permit_is_taken_away_ends(tmp_path):
    job = Job(tmp_path)
    run = Attempt(write_spec(tmp_path, tmp_path / "no-base", "prefix")).wait_in(job.pool)
    run.work.mkdir(exist_ok=True)
    with (run.work / "lock").open("w") as lock:
        # It waits for the one before it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = job.start()
        eventually((run.work / "threads.json").exists)
        # By then it listens.
        time.sleep(1)
        run.permit.unlink()
        assert process.wait(timeout=600) == 0
    assert list(run.events()[-1]) == ["timeMs", "runCancelled"]
    assert run.end() == {"code": 143, "signal": None}


def test_a_node_that_does_not_see_the_folders_says_so(tmp_path):
    job = Job(tmp_path)
    Attempt(write_spec(tmp_path / "run", tmp_path / "no-base", "prefix")).wait_in(job.pool)
    shutil.rmtree(tmp_path / "run")
    process = job.start()
    assert "does not see" in process.communicate(timeout=600)[0]
    assert process.returncode == 78
    shutil.rmtree(tmp_path / "trainer-jobs")
    process = job.start()
    assert "does not see" in process.communicate(timeout=600)[0]
    assert process.returncode == 78


def test_runs_on_a_held_base_end_with_the_bits_of_cold_ones_and_know_nothing_of_each_other(tmp_path, base_model):
    base = base_model("llama")
    # The first one trains the base itself, the second one is of the same base, the third one like the first.
    options = [("telly", 2), ("prefix", 1), ("telly", 2)]
    job = Job(tmp_path, idle_seconds=600)
    warm = [write_spec(tmp_path / f"warm-{n}", base, strategy, threads=t) for n, (strategy, t) in enumerate(options)]
    runs = [Attempt(spec, TRACEPARENT=f"trace-{n}") for n, spec in enumerate(warm)]
    runs[0].wait_in(job.pool)
    process = job.start()
    for number, run in enumerate(runs):
        if number > 0:
            run.wait_in(job.pool, f"job-{number + 1}")
        eventually(run.has_ended)
        assert run.end() == {"code": 0, "signal": None}, run.log.read_text()
        check_events(run.events())
    assert {file.name for file in (job.pool / "taken").iterdir()} == {f"job-{n}.json@job-1" for n in (1, 2, 3)}
    (job.pool / "permits" / "job-1").unlink()
    assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == 0

    for number, (strategy, threads) in enumerate(options[:2]):
        cold = write_spec(tmp_path / f"cold-{number}", base, strategy, threads=threads)
        command = [sys.executable, "-m", "bespoke_trainer", str(cold)]
        subprocess.run(command, cwd=TRAINER, stdout=subprocess.DEVNULL, check=True)
        bits = [(tmp_path / f"{name}-{number}" / "adapter" / "adapter.safetensors").read_bytes() for name in ("warm", "cold")]
        assert bits[0] == bits[1]
    first, third = (tmp_path / f"warm-{n}" / "adapter" / "adapter.safetensors" for n in (0, 2))
    assert first.read_bytes() == third.read_bytes()


def test_a_held_base_is_not_used_for_another_folder_or_a_changed_one(tmp_path, base_model):
    base = shutil.copytree(base_model("llama"), tmp_path / "base")
    elsewhere = shutil.copytree(base, tmp_path / "elsewhere")
    held_base.hold_base(base)
    try:
        assert held_base.held_base(base) is not None
        assert held_base.held_base(elsewhere) is None
        weights = base / "model.safetensors"
        weights.write_bytes(weights.read_bytes())
        assert held_base.held_base(base) is None
        held_base.hold_base(base)
        manifest = base / "manifest.json"
        manifest.write_text(manifest.read_text() + "\n")
        assert held_base.held_base(base) is None
        shutil.rmtree(base)
        assert held_base.held_base(base) is None
    finally:
        held_base._held = None


def test_a_trainer_ends_with_the_job_that_forked_it(tmp_path):
    job = Job(tmp_path)
    run = Attempt(write_spec(tmp_path, tmp_path / "no-base", "prefix")).wait_in(job.pool)
    run.work.mkdir(exist_ok=True)
    with (run.work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = job.start()
        eventually((run.work / "threads.json").exists)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        [trainer] = children.read_text().split()
        process.kill()
        process.wait(timeout=600)
        eventually(lambda: not Path(f"/proc/{trainer}").exists() or "Z" in Path(f"/proc/{trainer}/stat").read_text().split())
    assert not run.has_ended()
