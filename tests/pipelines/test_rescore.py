from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cintel.conversation import Analysis
from cintel.quality import Scorecard, lines_of, loads, read_case
from cintel.settings import Settings
from cintel.store import Store
from cintel.store.rescoring import load_many, scored, stored
from cintel.testing import HashingEncoder, analysis_of
from pipelines.rescore import BATCH, Card, Rescored, Rescorer, rescore

TEXT = """
name: tiny
title: Tiny
pass_mark: 50
sections:
  - name: all
    title: All
    weight: 100
    questions:
      - {id: hello, text: Hello, points: 4, judge: {kind: pattern, regex: hello}}
      - {id: help, text: Help, points: 6, judge: {kind: phrases, phrases: [how can I help you]}}
      - {id: fair, text: Fair, points: 5, judge: {kind: human}}
"""
ENCODER = HashingEncoder()
# Ends itself without warning, as soon as the second batch is told of.
DEADLY = """
import os, signal, sys
from pipelines.rescore import BATCH, rescore
from tests.pipelines.test_rescore import ready
from cintel.settings import Settings
from cintel.store import Store
from cintel.store.rescoring import stored

with Store(sys.argv[1]) as store:
    ids = stored(store)
told = rescore(ids, Settings(store=sys.argv[1]), ready(), lambda: None, 1)
for number, item in enumerate(told, start=1):
    if number > BATCH:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def ready(card: Scorecard | None = None) -> Card:
    found = card or loads(TEXT)
    return Card(found, lines_of(found, ENCODER), "hashing")


def analyses(count: int, encoded: bool = True) -> Iterator[Analysis]:
    for number in range(count):
        made = analysis_of(
            f"agent: Hello, this is Kim, number {number}.",
            "customer: I have lost my card and need a new one, please.",
            "agent: how can I help you" if number % 2 else "agent: Goodbye to you then.",
        )
        made = replace(made, conversation=replace(made.conversation, id=f"c{number:03}"))
        case = read_case(made.conversation, made.labels, made.metrics, ENCODER, "hashing")
        yield replace(made, vectors=case.vectors) if encoded else made


def never() -> Any:
    raise AssertionError("everything is encoded")


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "s.db")


def fill(path: str, found: Iterator[Analysis]) -> list[str]:
    with Store(path) as store:
        store.save_all(found)
        return stored(store)


def told_of(items: Sequence[Rescored]) -> list[tuple[str, str, float | None, bool, int]]:
    return [(item.key, item.state, item.score, item.passed, item.unsure) for item in items]


def test_kept_vectors_give_the_answers_without_an_encoder(path: str) -> None:
    ids = fill(path, analyses(2))
    told = list(rescore(ids, Settings(store=path), ready(), never, 1))
    assert told_of(told) == [
        ("c000", "done", 40.0, False, 1),
        ("c001", "done", 100.0, True, 1),
    ]
    with Store(path) as store:
        (found,) = store.load("c001").evaluations
    assert (found.scorecard, found.version) == ("tiny", loads(TEXT).version)
    assert [answer.answer for answer in found.answers] == ["yes", "yes", None]
    assert found.answers[1].evidence[0].quote == "how can I help you"


def test_what_is_not_encoded_is_and_stays_so(path: str) -> None:
    ids = fill(path, analyses(3, encoded=False))
    with Store(path) as store:
        assert [item.state for item in Rescorer(store, ready()).score(ids)] == ["unread"] * 3
    first = list(rescore(ids, Settings(store=path), ready(), lambda: ENCODER, 1))
    assert [item.state for item in first] == ["done"] * 3
    again = list(rescore(ids, Settings(store=path), ready(), never, 1))
    assert told_of(again) == told_of(first)
    with Store(path) as store:
        kept = [found.vectors for _, found in load_many(store, ids).values()]
        assert kept == [found.vectors for found in analyses(3)]
        assert [len(store.load(key).evaluations) for key in ids] == [1, 1, 1]


def test_another_encoder_reads_anew(path: str) -> None:
    ids = fill(path, analyses(1))
    card = replace(ready(), encoder="better")
    (told,) = rescore(ids, Settings(store=path), card, lambda: ENCODER, 1)
    with Store(path) as store:
        found = load_many(store, ids)["c000"][1].vectors
    assert told.state == "done"
    assert found is not None
    assert found.encoder == "better"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE turns SET words = '[{' WHERE conversation_id = 'c001' AND \"index\" = 0",
        "UPDATE turns SET words = '[{\"text\": 1}]' WHERE conversation_id = 'c001'",
        "UPDATE unit_vectors SET data = x'00' WHERE conversation_id = 'c001'",
        "UPDATE conversations SET metrics = '{}' WHERE id = 'c001'",
    ],
)
def test_a_damaged_one_costs_only_itself(path: str, damage: str) -> None:
    ids = fill(path, analyses(4))
    with Store(path) as store, store.database.write() as connection:
        connection.execute(text(damage.replace(":", "\\:")))
    told = list(rescore(ids, Settings(store=path), ready(), never, 1))
    assert [(item.key, item.state) for item in told] == [
        ("c000", "done"), ("c001", "failed"), ("c002", "done"), ("c003", "done"),
    ]  # fmt: skip
    assert "c001" in str(told[1].error)
    with Store(path) as store:
        assert scored(store, "tiny", loads(TEXT).version) == {"c000", "c002", "c003"}


def test_one_that_is_gone_is_named(path: str) -> None:
    fill(path, analyses(1))
    told = list(rescore(["c000", "c999"], Settings(store=path), ready(), never, 1))
    assert [item.state for item in told] == ["done", "failed"]
    assert str(told[1].error) == ("c999: was analysed anew or deleted meanwhile. Run this again")


def test_one_that_cannot_be_scored_says_why(path: str) -> None:
    short = analysis_of("agent: Hello", "customer: Hi")
    ids = fill(path, iter([replace(short, conversation=replace(short.conversation, id="c"))]))
    (told,) = rescore(ids, Settings(store=path), ready(), never, 1)
    assert told_of([told]) == [("c", "done", None, False, 0)]
    with Store(path) as store:
        assert store.load("c").evaluations[0].reason == "only 2 words, 10 are needed"


def test_two_processes_share_the_work(path: str) -> None:
    ids = fill(path, analyses(BATCH + 8))
    told = list(rescore(ids, Settings(store=path), ready(), never, 2))
    assert sorted((item.key, item.state) for item in told) == [(key, "done") for key in ids]
    with Store(path) as store:
        assert scored(store, "tiny", loads(TEXT).version) == set(ids)
        assert {len(store.load(key).evaluations) for key in ids} == {1}


def test_a_kill_loses_nothing_that_was_done(path: str) -> None:
    ids = fill(path, analyses(3 * BATCH))
    run = subprocess.run(
        [sys.executable, "-c", DEADLY, path], check=False, cwd=Path(__file__).parents[2]
    )
    assert run.returncode == -9
    version = loads(TEXT).version
    with Store(path) as store:
        done = scored(store, "tiny", version)
        assert done == set(ids[: 2 * BATCH])
    left = [key for key in ids if key not in done]
    assert len(list(rescore(left, Settings(store=path), ready(), never, 1))) == BATCH
    with Store(path) as store:
        assert {len(store.load(key).evaluations) for key in ids} == {1}
        assert scored(store, "tiny", version) == set(ids)
