from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from glob import glob
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cintel.conversation import (
    Acoustics,
    Action,
    Analysis,
    Answer,
    Conversation,
    Csat,
    Evaluation,
    Evidence,
    Frustration,
    Intent,
    Labels,
    Metrics,
    PiiSpan,
    Provenance,
    Scored,
    SideMetrics,
    Stretches,
    Summary,
    Turn,
    Word,
)
from cintel.store import Store

Make = Callable[..., Analysis]
_NUMBER = count()


def _binary(name: str) -> str | None:
    places = sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return shutil.which(name) or (places[-1] if places else None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection words of a PostgreSQL server of our own, on a socket in a temporary folder."""
    initdb, control = _binary("initdb"), _binary("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("no PostgreSQL server binaries: install the package 'postgresql'")
    folder = Path(tempfile.mkdtemp(prefix="cintel-pg-"))
    # The server refuses to run as root, so root hands it to the account its package makes.
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_other:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        with open(folder / "commands.log", "ab") as log:
            subprocess.run([*as_other, *command], check=True, stdout=log, stderr=log, cwd="/")

    data, user = str(folder / "data"), "cintel"
    options = f"-c listen_addresses='' -k {folder} -c fsync=off"
    run(initdb, "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync")
    run(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"host={folder} user={user}"
    run(control, "-D", data, "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cintel.db'}"
    server: str = request.getfixturevalue("postgres")
    name = f"test{next(_NUMBER)}"
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    host, user = (word.partition("=")[2] for word in server.split())
    return f"postgresql://{user}@/{name}?host={host}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened


def _analysis(key: str, **given: Any) -> Analysis:
    """An analysis of two turns; ``given`` are the values that matter to a test."""
    duration, sentiment = given.get("duration", 60.0), given.get("sentiment")
    asked = given.get("text", "Where is my order?")
    turns = (
        Turn(0, "agent", "S0", 0.0, 2.0, "Good morning, how can I help?"),
        Turn(1, "customer", "S1", 2.5, 4.0, asked),
    )
    score = given.get("frustration")
    intent, evaluation = given.get("intent"), given.get("evaluation")
    return Analysis(
        conversation=Conversation(
            key,
            given.get("channel", "call"),
            f"{key}.wav",
            duration,
            turns,
            started_at=given.get("started_at"),
            agent_id=given.get("agent"),
            queue=given.get("queue"),
        ),
        labels=(Labels(), Labels(frustration=score)),
        intent=Intent(intent, 0.9) if intent else None,
        summary=Summary(),
        metrics=Metrics(
            duration, given.get("talk_ratio"), None, None, None,
            Stretches(), Stretches(), Stretches(), Stretches(),
            SideMetrics(), SideMetrics(sentiment=sentiment),
        ),
        acoustics=Acoustics(),
        frustration=Frustration(score, score, None if score is None else 1, score),
        csat=Csat(given.get("csat")),
        evaluations=(evaluation,) if evaluation else (),
        provenance=Provenance(
            "0.1.0", {}, "cpu", given.get("content", f"content-{key}"), given.get("settings", "s1")
        ),
    )  # fmt: skip


@pytest.fixture
def make() -> Make:
    return _analysis


def _evaluation(
    score: float | None, *, greets: bool = True, auto_failed: bool = False
) -> Evaluation:
    """Two questions: ``greeting``, yes or no by ``greets``, and ``hold``, not applicable."""
    answers = (
        Answer("greeting", "yes" if greets else "no", float(greets), 1.0, 0.9, "said so"),
        Answer("hold", None, 0.0, 1.0, 0.4, "nobody was put on hold"),
    )
    passed = None if score is None else score >= 75
    return Evaluation("service", "v1", score, passed, auto_failed, answers)


@pytest.fixture
def evaluation() -> Callable[..., Evaluation]:
    return _evaluation


@pytest.fixture
def population(store: Store) -> Store:
    """Eight conversations, four agents' worth, with gaps where real ones have them."""
    day = "2026-03-0{}T23:30:00+05:00".format
    ann: dict[str, Any] = {"agent": "ann", "queue": "billing", "intent": "card.lost"}
    bob: dict[str, Any] = {"agent": "bob", "queue": "sales"}
    chat: dict[str, Any] = {"channel": "chat", "intent": "order.status"}
    store.save_all([
        _analysis("a1", **ann, started_at=day(1), duration=600.0, frustration=0.2, csat=4.0,
                  sentiment=0.5, talk_ratio=0.4, evaluation=_evaluation(90)),
        _analysis("a2", **ann, started_at=day(1), duration=300.0, frustration=0.6, csat=3.0,
                  sentiment=-0.1, talk_ratio=0.6, evaluation=_evaluation(70, greets=False)),
        _analysis("a3", agent="ann", queue="sales", **chat, started_at=day(2), duration=900.0),
        _analysis("b1", **ann | {"agent": "bob"}, started_at=day(2), duration=600.0,
                  frustration=0.9, csat=1.0, sentiment=-0.8, text="Was für ein ÄRGER, 100%!",
                  evaluation=_evaluation(0, greets=False, auto_failed=True)),
        _analysis("b2", **bob, **chat, started_at=day(2), duration=1200.0, frustration=0.3,
                  csat=4.0, sentiment=0.3, evaluation=_evaluation(80)),
        _analysis("b3", **bob, channel="email", started_at=day(3), duration=600.0,
                  frustration=0.1, csat=5.0, sentiment=0.6, evaluation=_evaluation(100)),
        _analysis("c1", intent="order.status", duration=1800.0, frustration=0.4, csat=3.0,
                  sentiment=0.0, evaluation=_evaluation(60, greets=False)),
        _analysis("c2", agent="cat", queue="sales", intent="refund", started_at=day(3),
                  duration=1200.0, frustration=0.8, csat=2.0, sentiment=-0.5,
                  evaluation=_evaluation(None)),
    ])  # fmt: skip
    return store


@pytest.fixture
def rich() -> Analysis:
    """An analysis with something in every field, in more than one script."""
    words = (Word("Grüß", 0.0, 0.301, 0.97), Word("Gott", 0.32, 0.7, 0.5))
    turns = (
        Turn(0, "agent", "SPEAKER_00", 0.0, 0.7, "Grüß Gott", words),
        Turn(1, "customer", "SPEAKER_01", 1.125, 4.5, "I lost my card 'again'; 你好 \\ \"x\""),
        Turn(2, "system", "ivr", 4.5, 9.0, ""),
    )
    labels = (
        Labels(sentiment=Scored("neutral", 0.0), act=Scored("greet", 1 / 3)),
        Labels(
            Scored("negative", -0.7),
            Scored("anger", 0.8),
            Scored("complain", 0.9),
            (Intent("card.lost_or_stolen", 0.91, 1), Intent("refund", 0.2)),
            0.81,
            (PiiSpan("card", 7, 11),),
        ),
        Labels(),
    )
    stretches = Stretches(2, 2.0, 1.0, 1.5, 3.0, 1 / 3, ((0.7, 1.7), (2.0, 4.0)))
    side = SideMetrics(
        3, 20, 4.25, 140.5, 0.4, 1.2, 0.5, 0.3, 1, 2.5, -20.5, 6.0, 121.5, 3.1, -0.2,
        (None, 0.1, -0.3, 0.25), 0.15,
    )  # fmt: skip
    answers = (
        Answer("greeting", "yes", 2.0, 2.0, 0.95, "said so", (Evidence(0, "Grüß Gott", 0.0, 0.7),)),
        Answer("empathy", 3.5, 3.5, 5.0, 0.4, "somewhat", (), "llm"),
        Answer("hold", None, 0.0, 0.0, 1.0, "no hold", (), "human", True, 2.5, "ab12"),
    )
    return Analysis(
        Conversation(
            "3fa9c1d2", "call", "calls/Ä 1.wav", 9.0, turns, "2026-03-01T09:30:00+01:00", "de",
            "agent-7", "customer-9", "billing", {"crm": {"ticket": 12}, "tags": ["a", "b"]},
        ),
        labels,
        Intent("card.lost_or_stolen", 0.91, 1),
        Summary(
            "card lost", "blocked",
            (Action("send a new card", "agent", "by Friday", (0, 1)), Action("call back")),
            "She lost her card.", (1,), (0,), False, "llm", "outcome is missing",
        ),
        Metrics(9.0, 0.6, 2.0, 0.5, 0.25, stretches, Stretches(), stretches, stretches, side,
                SideMetrics()),
        Acoustics({"agent": (None, -20.25)}, {"agent": (121.5, 3.1)}, ((5.0, 9.0),), ("clipped",)),
        Frustration(0.7, 0.81, 1, 0.6, -0.1, None),
        Csat(2.25, 0.5, None),
        (
            Evaluation("service", "f00d", 78.571428, True, False, answers, None, (120, 34)),
            Evaluation("sales", "beef", None, None, False, (), "no agent turn"),
        ),
        Provenance("0.1.0", {"minilm": "ab" * 32}, "cpu", "content", "settings", {"asr": 1.5}),
    )  # fmt: skip


@contextmanager
def _without_rights() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    os.setresuid(nobody, nobody, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def without_rights() -> Callable[[], AbstractContextManager[None]]:
    """A block in which root, who may write anywhere, is an account that may not."""
    return _without_rights
