from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from cintel.errors import MissingExtraError
from cintel.settings import Settings
from cintel.store import Store
from pipelines.cluster import run_cluster
from pipelines.discover import Job, plan

CHAT = "time,role,text\n2026-03-02 10:00:0{0},customer,My parcel number {0} has not arrived\n"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        Path(f"{number}.csv").write_text(CHAT.format(number))
    Path("bad.csv").write_text("a,b\n1,2\n")
    return plan(sorted(Path().glob("*.csv")))[0]


@pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed")
def test_without_ray_the_extra_is_named(jobs: list[Job]) -> None:
    with pytest.raises(MissingExtraError, match=r'pip install "cintel\[cluster\]"'):
        next(run_cluster(jobs, Settings(), None, None, 1))


@pytest.mark.models
@pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra 'cluster'")
@pytest.mark.filterwarnings("default")
def test_a_batch_on_a_local_cluster(tmp_path: Path, jobs: list[Job]) -> None:
    outcomes = list(run_cluster(jobs, Settings(device="cpu"), "s.db", Path("out"), 2))
    assert sorted((item.job.name, item.state) for item in outcomes) == [
        ("0", "done"),
        ("1", "done"),
        ("2", "done"),
        ("bad", "failed"),
    ]
    with Store("s.db") as store:
        assert len(store) == 3
        assert {store.load(key).conversation.source for key in store.ids()} == {
            "0.csv",
            "1.csv",
            "2.csv",
        }
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{number}.json" for number in range(3)
    ]
