from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cintel.errors import StoreError
from cintel.settings import Settings
from cintel.store import Store
from pipelines.discover import Job, plan
from pipelines.workers import run_workers

CHAT = (
    "time,role,text\n2026-03-02 10:00:0{0},customer,My parcel number {0} has not arrived\n"
    "2026-03-02 10:01:00,agent,I am sorry to hear that\n"
)
# A file of its own, as workers import the program that started them.
DEADLY = """
import os, signal, sys
from pathlib import Path
from cintel.settings import Settings
from pipelines import batch, workers
from pipelines.discover import Job

class Deadly(batch.Batch):
    def attempt(self, job):
        if job.name == "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        return batch.Outcome(job, "done")

batch.Batch = workers.Batch = Deadly
if __name__ == "__main__":
    jobs = [Job(Path(name), name, 1) for name in ("a", "deadly", "b", "c")]
    for outcome in workers.run_workers(jobs, Settings(), None, None, 2):
        print(outcome.job.name, outcome.state, outcome.error or "")
"""


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    for number in range(4):
        (tmp_path / f"{number}.csv").write_text(CHAT.format(number))
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    found, faults = plan(sorted(tmp_path.glob("*.csv")))
    assert faults == []
    return found


@pytest.mark.models
def test_two_workers_share_a_batch(tmp_path: Path, jobs: list[Job]) -> None:
    url = str(tmp_path / "s.db")
    Store(url).close()
    outcomes = list(run_workers(jobs, Settings(device="cpu"), url, tmp_path / "out", 2))
    assert sorted((item.job.name, item.state) for item in outcomes) == [
        ("0", "done"), ("1", "done"), ("2", "done"), ("3", "done"), ("bad", "failed"),
    ]  # fmt: skip
    (bad,) = [item for item in outcomes if item.state == "failed"]
    assert "bad.csv: has no column for the message text" in str(bad.error)
    with Store(url) as store:
        assert len(store) == 4
        for item in outcomes:
            assert all(store.load(found.id) == found for found in item.analyses)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{number}.json" for number in range(4)
    ]


def test_a_worker_that_dies_costs_only_its_file(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(DEADLY)
    run = subprocess.run(
        [sys.executable, "deadly.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert sorted(run.stdout.splitlines()) == [
        "a done ",
        "b done ",
        "c done ",
        "deadly failed deadly: ended the process that analysed it, for want of memory perhaps. "
        "Run it alone, or with fewer --workers",
    ]


def test_what_ends_a_batch_ends_the_workers(tmp_path: Path, jobs: list[Job]) -> None:
    (tmp_path / "s.db").write_text("this is no database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        list(run_workers(jobs, Settings(), str(tmp_path / "s.db"), None, 2))


@pytest.mark.models
def test_ctrl_c_stops_the_workers_too(
    tmp_path: Path, begin_cintel: Callable[..., subprocess.Popen[str]], clip: Callable[..., Path]
) -> None:
    for number in range(6):
        clip(tmp_path / f"{number}.wav", number, 10.0 + number)
    arguments = ("analyze", ".", "--store", "s.db", "--workers", "2")
    process = begin_cintel(*arguments, cwd=tmp_path)
    assert process.stderr is not None
    while not (tmp_path / "s.db").exists():
        pass
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while len(workers := children.read_text().split()) < 3 or sum(map(_works, workers)) < 2:
        time.sleep(0.05)
    for pid in (*workers, process.pid):
        os.kill(int(pid), signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    deadline = time.monotonic() + 20
    while any(map(_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_alive, workers))


def _works(pid: str) -> bool:
    """A worker that has begun has the database's library; before that it only reads its orders."""
    try:
        return "_sqlite3" in Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
