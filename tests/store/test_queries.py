from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pandas import DataFrame, Timestamp, isna

from cintel.conversation import Analysis
from cintel.errors import UsageError
from cintel.store import Store, queries
from cintel.store.queries import Choices, Overview
from cintel.store.selection import Filters

_MEANS = ["frustration", "csat", "sentiment", "qa_score", "auto_failed"]


def _table(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples, floats to six decimals, None where a value is missing."""
    return [
        tuple(
            None if isna(value) else round(value, 6) if isinstance(value, float) else value
            for value in row
        )
        for row in frame[list(columns)].itertuples(index=False, name=None)
    ]


def _ids(store: Store, **given: Any) -> list[str]:
    frame, total = queries.conversations(store, Filters(**given), sort="id", descending=False)
    assert total == len(frame)
    return list(frame["id"])


def test_overview_of_everything(population: Store) -> None:
    found = queries.overview(population)
    assert (found.conversations, found.undated, found.hours) == (8, 1, 2.0)
    assert found.frustration == pytest.approx(3.3 / 7)
    assert found.csat == pytest.approx(22 / 7)
    assert found.sentiment == pytest.approx(0.0)
    assert found.qa_score == pytest.approx(400 / 6)
    assert found.auto_failed == pytest.approx(1 / 6)


def test_overview_of_nothing(population: Store) -> None:
    found = queries.overview(population, Filters(agents=("nobody",)))
    assert found == Overview(0, 0, 0.0, None, None, None, None, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "a1 a2 a3 b1 b2 b3 c1 c2"),
        ({"since": date(2026, 3, 2)}, "a3 b1 b2 b3 c2"),
        ({"until": date(2026, 3, 1)}, "a1 a2"),
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 2)}, "a3 b1 b2"),
        ({"agents": ("bob", "cat")}, "b1 b2 b3 c2"),
        ({"queues": ("billing",)}, "a1 a2 b1"),
        ({"channels": ("chat", "email")}, "a3 b2 b3"),
        ({"intents": ("order.status",)}, "a3 b2 c1"),
        ({"min_frustration": 0.6}, "a2 b1 c2"),
        ({"outcome": "passed"}, "a1 b2 b3"),
        ({"outcome": "failed"}, "a2 b1 c1"),
        ({"outcome": "auto_failed"}, "b1"),
        ({"outcome": "unscored"}, "a3 c2"),
        ({"text": "ärger, 100%"}, "b1"),
        ({"text": "%"}, "b1"),
        ({"text": "B2.WAV"}, "b2"),
        ({"text": "order?", "agents": ("cat",)}, "c2"),
        ({"text": "no such words"}, ""),
    ],
)
def test_filters(population: Store, given: dict[str, Any], expected: str) -> None:
    assert _ids(population, **given) == expected.split()


def test_the_list_is_sorted_and_paged(population: Store) -> None:
    page, total = queries.conversations(population, sort="frustration", limit=3, offset=1)
    assert total == 8
    assert _table(page, "id", "frustration") == [("c2", 0.8), ("a2", 0.6), ("c1", 0.4)]
    last, _ = queries.conversations(population, sort="qa_score", descending=False, offset=5)
    assert _table(last, "id", "qa_score") == [("b3", 100.0), ("a3", None), ("c2", None)]


def test_the_list_shows_what_the_scorecards_said(population: Store) -> None:
    frame, _ = queries.conversations(population, sort="id", descending=False)
    assert tuple(frame.columns) == queries.COLUMNS
    assert _table(frame, "id", "passed", "auto_failed")[:4] == [
        ("a1", True, False),
        ("a2", False, False),
        ("a3", None, None),
        ("b1", False, True),
    ]
    assert frame["day"][0] == Timestamp("2026-03-01")


def test_an_unknown_column_to_sort_by(population: Store) -> None:
    with pytest.raises(UsageError, match="'mood' is not a column"):
        queries.conversations(population, sort="mood")


def test_column_types_do_not_depend_on_what_was_found(population: Store) -> None:
    full, _ = queries.conversations(population)
    empty, total = queries.conversations(population, Filters(text="no such words"))
    assert total == 0
    for column in ("frustration", "qa_score", "passed", "day"):
        assert full[column].dtype == empty[column].dtype


def test_daily_uses_the_day_on_the_callers_clock(population: Store) -> None:
    assert _table(queries.daily(population), "day", "conversations", *_MEANS) == [
        (Timestamp("2026-03-01"), 2, 0.4, 3.5, 0.2, 80.0, 0.0),
        (Timestamp("2026-03-02"), 3, 0.6, 2.5, -0.25, 40.0, 0.5),
        (Timestamp("2026-03-03"), 2, 0.45, 3.5, 0.05, 100.0, 0.0),
    ]


def test_intents_by_frequency(population: Store) -> None:
    frame = queries.intents(population)
    assert _table(frame, "intent", "conversations", "frustration", "qa_score") == [
        ("card.lost", 3, 0.566667, 53.333333),
        ("order.status", 3, 0.35, 70.0),
        ("refund", 1, 0.8, None),
    ]


def test_agents(population: Store) -> None:
    frame = queries.agents(population, Filters(queues=("billing", "sales")))
    assert _table(frame, "agent_id", "conversations", *_MEANS, "hours", "talk_ratio") == [
        ("ann", 3, 0.4, 3.5, 0.2, 80.0, 0.0, 0.5, 0.5),
        ("bob", 3, 0.433333, 3.333333, 0.033333, 60.0, 0.333333, 0.666667, None),
        ("cat", 1, 0.8, 2.0, -0.5, None, None, 0.333333, None),
    ]


def test_worst_show_the_turn_at_their_peak(population: Store) -> None:
    assert _table(queries.worst(population, n=2), "id", "peak", "peak_start", "peak_text") == [
        ("b1", 0.9, 2.5, "Was für ein ÄRGER, 100%!"),
        ("c2", 0.8, 2.5, "Where is my order?"),
    ]
    assert len(queries.worst(population)) == 7


def test_turns_search(population: Store) -> None:
    found = queries.turns_search(population, "WHERE IS", Filters(agents=("ann",)))
    assert _table(found, "conversation_id", "index", "role", "start") == [
        ("a3", 1, "customer", 2.5),
        ("a1", 1, "customer", 2.5),
        ("a2", 1, "customer", 2.5),
    ]
    assert len(queries.turns_search(population, "good morning", limit=5)) == 5
    assert queries.turns_search(population, "go_d").empty


def test_choices(population: Store) -> None:
    assert queries.choices(population) == Choices(
        agents=("ann", "bob", "cat"),
        queues=("billing", "sales"),
        channels=("call", "chat", "email"),
        intents=("card.lost", "order.status", "refund"),
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 3),
    )


def test_every_query_of_an_empty_store(store: Store) -> None:
    assert queries.overview(store).conversations == 0
    assert queries.conversations(store)[1] == 0
    for query in (queries.daily, queries.intents, queries.agents, queries.worst):
        assert query(store).empty
    assert queries.turns_search(store, "x").empty
    assert queries.choices(store) == Choices((), (), (), (), None, None)


def test_quoted_turns_come_with_their_personal_data(store: Store, rich: Analysis) -> None:
    store.save(rich)
    marked = [[{"type": "card", "start": 7, "end": 11}]]
    assert list(queries.worst(store)["peak_pii"]) == marked
    assert list(queries.turns_search(store, "lost")["pii"]) == marked
