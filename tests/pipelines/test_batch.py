from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cintel.analyzer import Analyzer
from cintel.conversation import Analysis
from cintel.errors import InputError, ModelError, SettingsError, StoreError
from cintel.ingest.audio import Recording
from cintel.serial import read
from cintel.speech.listen import Heard
from cintel.store import Store
from cintel.testing import ScriptedListener, scripted_analyzer
from pipelines.batch import Batch, write_atomically
from pipelines.discover import Job

LINES = ("agent: Hello, this is Kim.", "customer: My parcel is late and I want my money back.")


class Failing(ScriptedListener):
    """Breaks as the error it is given does."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(*LINES)
        self._error = error

    def listen(self, recording: Recording, *rest: Any, **named: Any) -> Heard:
        raise self._error


@pytest.fixture
def job(tmp_path: Path, clip: Callable[..., Path]) -> Job:
    path = clip(tmp_path / "call.wav", 0.0, 2.0)
    return Job(path, "call", path.stat().st_size)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store(tmp_path / "s.db", timeout=0.2) as found:
        yield found


def broken(error: BaseException) -> Analyzer:
    analyzer = scripted_analyzer(*LINES)
    analyzer.listener = Failing(error)
    return analyzer


def plain(analysis: Analysis) -> Analysis:
    return replace(analysis, provenance=replace(analysis.provenance, seconds={}))


def test_a_job_is_saved_and_written(tmp_path: Path, job: Job, store: Store) -> None:
    batch = Batch(scripted_analyzer(*LINES), store, tmp_path / "out")
    (outcome,) = batch.run([job])
    assert (outcome.state, outcome.error, outcome.seconds) == ("done", None, 2.0)
    (analysis,) = outcome.analyses
    assert store.load(analysis.id) == analysis
    assert read(tmp_path / "out" / "call.json") == analysis
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["call.json"]
    card = batch.analyzer.scorecard
    assert "general-service" in (store.scorecard(card.name, card.version) or "")


def test_what_is_done_is_skipped(tmp_path: Path, job: Job, store: Store) -> None:
    Batch(scripted_analyzer(*LINES), store).attempt(job)
    again = Batch(scripted_analyzer(*LINES), store, tmp_path / "out")
    assert again.attempt(job).state == "skipped"
    assert read(tmp_path / "out" / "call.json") == store.load(store.ids()[0])


def test_stale_json_is_written_again(tmp_path: Path, job: Job, store: Store) -> None:
    out = tmp_path / "out"
    Batch(scripted_analyzer(*LINES), store, out).attempt(job)
    Batch(scripted_analyzer(*LINES, speakers=2), store).attempt(job)
    assert Batch(scripted_analyzer(*LINES, speakers=2), store, out).attempt(job).state == "skipped"
    assert read(out / "call.json") == store.load(store.ids()[0])


def test_changed_settings_weights_and_metadata_analyse_again(job: Job, store: Store) -> None:
    def state(*lines: str, **settings: Any) -> str:
        return Batch(scripted_analyzer(*lines, **settings), store).attempt(job).state

    assert state(*LINES) == "done"
    assert state(*LINES, threads=1) == "skipped"
    assert state(*LINES, speakers=3) == "done"
    assert state("agent: Other words.", speakers=3) == "done"
    job.path.with_suffix(".meta.json").write_text('{"agent_id": "a-7"}')
    assert state("agent: Other words.", speakers=3) == "done"
    assert state("agent: Other words.", speakers=3) == "skipped"
    (key,) = store.ids()
    assert store.load(key).conversation.agent_id == "a-7"


def test_without_a_store_nothing_is_remembered(tmp_path: Path, job: Job) -> None:
    batch = Batch(scripted_analyzer(*LINES), None, tmp_path / "out")
    assert [item.state for item in batch.run([job, job])] == ["done", "done"]
    assert (tmp_path / "out" / "call.json").exists()


def test_a_chat_log_of_many_conversations(tmp_path: Path, store: Store) -> None:
    path = tmp_path / "chats.csv"
    path.write_text(
        "conversation_id,time,role,text\n"
        "x,2026-03-02 10:00:00,agent,Hello\nx,2026-03-02 10:00:05,customer,Hi\n"
        "y,2026-03-02 11:00:00,agent,Good day\ny,2026-03-02 11:00:05,customer,Hi\n"
    )
    batch = Batch(scripted_analyzer(*LINES), store, tmp_path / "out")
    chats = Job(path, "chats", 1)
    outcome = batch.attempt(chats)
    assert (outcome.state, outcome.seconds, len(outcome.analyses)) == ("done", 0, 2)
    names = {f"chats.{key}.json" for key in store.ids()}
    assert {item.name for item in (tmp_path / "out").iterdir()} == names
    (tmp_path / "out" / min(names)).unlink()
    assert batch.attempt(chats).state == "skipped"
    assert {item.name for item in (tmp_path / "out").iterdir()} == names


def test_one_bad_file_costs_only_itself(tmp_path: Path, job: Job, store: Store) -> None:
    (tmp_path / "bad.wav").write_bytes(b"")
    batch = Batch(scripted_analyzer(*LINES), store)
    bad, good = batch.run([Job(tmp_path / "bad.wav", "bad", 0), job])
    assert (bad.state, good.state) == ("failed", "done")
    assert "is empty (0 bytes)" in str(bad.error)
    assert len(store) == 1


def test_a_file_that_goes_away_is_named(tmp_path: Path, store: Store) -> None:
    gone = Batch(scripted_analyzer(*LINES), store).attempt(Job(tmp_path / "gone.wav", "gone", 1))
    assert "gone.wav: cannot be read (No such file or directory)" in str(gone.error)


def test_a_fault_of_ours_costs_one_file_and_asks_for_a_report(
    job: Job, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Batch(broken(KeyError("turns")), store).attempt(job)
    assert outcome.state == "failed"
    assert str(outcome.error) == (
        f"{job.path}: could not be analysed: KeyError: 'turns'. "
        "This is a fault of cintel: run it with CINTEL_DEBUG=1 and report it"
    )
    assert len(store) == 0
    assert capsys.readouterr().err == ""


def test_debug_shows_where(
    job: Job, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CINTEL_DEBUG", "1")
    Batch(broken(KeyError("turns"))).attempt(job)
    assert "Traceback" in (shown := capsys.readouterr().err)
    assert "in listen" in shown


@pytest.mark.parametrize(
    "error",
    [
        ModelError("x", "is not here"),
        SettingsError("x", "is wrong"),
        StoreError("x", "is locked"),
        KeyboardInterrupt(),
    ],
)
def test_what_concerns_every_job_ends_the_batch(job: Job, error: BaseException) -> None:
    with pytest.raises(type(error)):
        list(Batch(broken(error)).run([job]))


def test_json_that_cannot_be_written_is_one_fault(tmp_path: Path, job: Job, store: Store) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "call.json").mkdir()
    outcome = Batch(scripted_analyzer(*LINES), store, tmp_path / "out").attempt(job)
    assert outcome.state == "failed"
    assert "call.json: cannot be written (Is a directory). Make room" in str(outcome.error)
    assert len(store) == 1
    assert [item.name for item in (tmp_path / "out").iterdir()] == ["call.json"]


def test_a_kept_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.json"
    write_atomically(path, json.dumps({"a": 1}))
    write_atomically(path, json.dumps({"a": 2}))
    assert path.read_text() == '{"a": 2}'
    assert [item.name for item in path.parent.iterdir()] == ["x.json"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    write_atomically(path := tmp_path / "x.json", "old")
    (tmp_path / ".x.json.partial").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"x\.json: cannot be written \(No space left on device"):
        write_atomically(path, "new")
    assert [(item.name, item.read_text()) for item in tmp_path.iterdir()] == [("x.json", "old")]
