from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cintel.errors import StoreError, UsageError
from cintel.store import Store, coaching, outcomes, reviews
from cintel.store.selection import Filters

TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=7)


def _write(store: Store, agent: str = "ann", **given: Any) -> int:
    told: dict[str, Any] = {"author": "lea", "text": "Say your name first.", "due": SOON}
    return coaching.write(store, agent, "service", "v1", "greeting", **(told | given))


def _clip(key: str, start: float | None = 1.5) -> dict[str, Any]:
    return {
        "conversation_id": key, "kind": "nearest", "start": start,
        "end": None if start is None else start + 2,
    }  # fmt: skip


def test_a_note_from_first_to_last(population: Store) -> None:
    clips = [_clip("a2"), _clip("a1", None)]
    note = _write(population, author=" lea ", text=" Say your name. ", clips=clips)
    (row,) = coaching.notes(population)
    assert (row["note"], row["agent_id"], row["author"], row["text"], row["due"]) == (
        note, "ann", "lea", "Say your name.", SOON,
    )  # fmt: skip
    assert (row["scorecard"], row["version"], row["question"]) == ("service", "v1", "greeting")
    assert [row[name] for name in ("acknowledged_at", "reply", "closed_at", "outcome")] == [
        None
    ] * 4
    assert coaching.clips(population, note) == clips

    coaching.acknowledge(population, note, "ann", " I was nervous. ")
    coaching.close(population, note, "max", "Done since")
    (row,) = coaching.notes(population)
    assert (row["acknowledged_by"], row["reply"]) == ("ann", "I was nervous.")
    assert (row["closed_by"], row["outcome"]) == ("max", "Done since")
    assert row["created_at"] < row["acknowledged_at"] < row["closed_at"]


def test_only_the_agent_acknowledges_and_only_another_closes(population: Store) -> None:
    note = _write(population)
    with pytest.raises(UsageError, match="bob: is not ann, whom note 1 is for"):
        coaching.acknowledge(population, note, "bob")
    with pytest.raises(UsageError, match="ann: is whom note 1 is for"):
        coaching.close(population, note, "ann")
    with pytest.raises(UsageError, match="who: is empty"):
        coaching.close(population, note, " ")
    coaching.acknowledge(population, note, "ann")
    with pytest.raises(StoreError, match="note 1 is acknowledged already"):
        coaching.acknowledge(population, note, "ann", "again")
    coaching.close(population, note, "lea")
    for late in (coaching.acknowledge, coaching.close):
        with pytest.raises(StoreError, match="note 1 is closed"):
            late(population, note, "ann" if late is coaching.acknowledge else "max")
    with pytest.raises(StoreError, match="holds no note 9"):
        coaching.close(population, 9, "lea")
    (row,) = coaching.notes(population)
    assert (row["reply"], row["closed_by"]) == ("", "lea")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"author": " "}, "author: is empty"),
        ({"text": "\n"}, "text: is empty"),
        ({"due": TODAY - timedelta(days=1)}, "due: is past"),
    ],
)
def test_a_note_that_says_nothing_is_refused(
    population: Store, given: dict[str, Any], fault: str
) -> None:
    with pytest.raises(UsageError, match=fault):
        _write(population, **given)
    assert coaching.notes(population) == []


def test_a_note_needs_its_agent_and_its_calls(population: Store) -> None:
    with pytest.raises(StoreError, match="holds no conversation of 'zoe'"):
        _write(population, "zoe")
    with pytest.raises(StoreError, match="holds no conversation 'gone'"):
        _write(population, clips=[_clip("a1"), _clip("gone")])
    assert coaching.notes(population) == []


def test_one_open_note_a_question(population: Store) -> None:
    first = _write(population)
    with pytest.raises(StoreError, match="ann has an open note on 'greeting' already"):
        _write(population, author="max")
    bob = _write(population, "bob")
    coaching.close(population, first, "lea")
    second = _write(population, author="max")
    assert [row["note"] for row in coaching.notes(population)] == [second, bob, first]
    mine = coaching.notes(population, Filters(agents=("bob",), since=date(2999, 1, 1)))
    assert [row["note"] for row in mine] == [bob]


def _tried(action: Callable[[], object]) -> bool:
    try:
        action()
    except StoreError:
        return False
    return True


def test_twenty_at_once_make_one_note_one_reply_and_one_end(population: Store) -> None:
    people = [f"coach-{number:02d}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda who: _tried(lambda: _write(population, author=who)), people))
        assert sum(made) == 1
        (row,) = coaching.notes(population)
        read = pool.map(
            lambda who: _tried(lambda: coaching.acknowledge(population, row["note"], "ann", who)),
            people,
        )
        assert sum(read) == 1
        ended = pool.map(
            lambda who: _tried(lambda: coaching.close(population, row["note"], who)), people
        )
        assert sum(ended) == 1
    (row,) = coaching.notes(population)
    assert row["author"] in people
    assert row["reply"] in people
    assert row["closed_by"] in people


def test_clips_go_with_their_conversation_and_the_note_stays(population: Store) -> None:
    note = _write(population, clips=[_clip("a1"), _clip("a2")])
    population.delete("a1")
    assert coaching.clips(population, note) == [_clip("a2")]
    population.save(population.load("a2"))
    assert coaching.clips(population, note) == [_clip("a2")]
    assert len(coaching.notes(population)) == 1


def _overrule(store: Store, key: str, answer: str | None, points: float | None = None) -> None:
    reviews.override(
        store, key, "service", "v1", "greeting", reviewer="eve", answer=answer, points=points
    )


def test_tallies_count_final_answers(population: Store) -> None:
    def told() -> list[list[object]]:
        return [list(row.values()) for row in outcomes.tallies(population)]

    # hold is not applicable everywhere; a3 has no evaluation, c1 no agent
    assert told() == [
        ["ann", "service", "greeting", 2, 1], ["bob", "service", "greeting", 3, 2],
        ["cat", "service", "greeting", 1, 1],
    ]  # fmt: skip
    _overrule(population, "a1", "no", 0.0)
    _overrule(population, "b1", None)
    assert told() == [
        ["ann", "service", "greeting", 2, 0], ["bob", "service", "greeting", 2, 2],
        ["cat", "service", "greeting", 1, 1],
    ]  # fmt: skip
    only = outcomes.tallies(population, Filters(agents=("cat",)))
    assert [row["agent"] for row in only] == ["cat"]


def test_a_conversation_counts_by_its_latest_evaluation(
    population: Store, evaluation: Callable[..., Any]
) -> None:
    from dataclasses import replace

    analysis = population.load("a1")
    newer = replace(evaluation(50, greets=False), version="v2")
    population.save(replace(analysis, evaluations=(*analysis.evaluations, newer)))
    (row, *_) = outcomes.tallies(population, Filters(agents=("ann",)))
    assert (row["answered"], row["passed"]) == (2, 0)
    failed = outcomes.answers(
        population, "service", "greeting", passed=False, filters=Filters(agents=("ann",))
    )
    assert [(row["conversation"], row["version"]) for row in failed] == [("a1", "v2"), ("a2", "v1")]


def test_answers_least_doubtful_first(population: Store) -> None:
    def failed() -> list[tuple[object, ...]]:
        found = outcomes.answers(population, "service", "greeting", passed=False)
        return [(row["conversation"], bool(row["reviewed"]), bool(row["agreed"])) for row in found]

    assert failed() == [("b1", False, False), ("a2", False, False), ("c1", False, False)]
    _overrule(population, "c1", "no", 0.0)
    _overrule(population, "a1", "no", 0.0)
    assert failed() == [
        ("a1", True, False), ("c1", True, True), ("b1", False, False), ("a2", False, False),
    ]  # fmt: skip
    (best, *_) = outcomes.answers(population, "service", "greeting", passed=True, limit=1)
    assert (best["conversation"], best["evidence"], best["confidence"]) == ("b3", [], 0.9)


def test_before_a_day_and_since(population: Store) -> None:
    def told(agent: str, day: date) -> list[list[object]]:
        found = outcomes.around(population, agent, "service", "greeting", day)
        return [list(row.values()) for row in found]

    # own, since, version, answered, passed
    assert told("bob", date(2026, 3, 2)) == [
        [0, 0, "v1", 2, 1], [0, 1, "v1", 1, 1], [1, 1, "v1", 1, 1],
    ]  # fmt: skip
    assert told("ann", date(2026, 3, 3)) == [[0, 0, "v1", 2, 1], [1, 0, "v1", 2, 1]]
    assert told("ann", date(2026, 6, 1)) == [
        [0, 0, "v1", 2, 2],
    ]  # b3 and c2 lie ninety days back, all others more
