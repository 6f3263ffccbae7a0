from __future__ import annotations

from typing import Any

import pytest
from pandas import DataFrame, Timestamp, isna

from cintel.store import Store, series
from cintel.store.selection import Filters


def _table(frame: DataFrame) -> list[tuple[Any, ...]]:
    """Rows as tuples, floats to six decimals, None where a value is missing."""
    return [
        tuple(
            None if isna(value) else round(value, 6) if isinstance(value, float) else value
            for value in row
        )
        for row in frame.itertuples(index=False, name=None)
    ]


def test_weeks_begin_on_monday_and_mean_over_single_values(population: Store) -> None:
    found = series.weekly(population)
    assert list(found) == [
        "week", "conversations", "frustration", "csat", "sentiment", "qa_score", "auto_failed",
    ]  # fmt: skip
    assert _table(found) == [
        (Timestamp("2026-02-23"), 2, 0.4, 3.5, 0.2, 80.0, 0.0),
        (Timestamp("2026-03-02"), 5, 0.525, 3.0, -0.1, 60.0, 0.333333),
    ]


def test_hours_go_by_the_clock_of_the_start_time(population: Store, make: Any) -> None:
    population.save(make("d1", started_at="2026-03-02 07:05:00", frustration=0.5))
    population.save(make("d2", started_at="2026-03-02"))
    found = series.hours(population)[["weekday", "hour", "conversations", "frustration"]]
    assert _table(found) == [(0, 7, 1, 0.5), (0, 23, 3, 0.6), (1, 23, 2, 0.45), (6, 23, 2, 0.4)]


def test_intents_by_day_leave_out_those_without(population: Store) -> None:
    found = series.daily_intents(population, Filters(agents=("ann", "cat")))
    assert _table(found[["day", "intent", "conversations", "frustration"]]) == [
        (Timestamp("2026-03-01"), "card.lost", 2, 0.4),
        (Timestamp("2026-03-02"), "order.status", 1, None),
        (Timestamp("2026-03-03"), "refund", 1, 0.8),
    ]


@pytest.mark.parametrize("ask", [series.weekly, series.hours, series.daily_intents])
def test_nothing_found_gives_the_same_columns(store: Store, population: Store, ask: Any) -> None:
    full = ask(population)
    none = ask(store, Filters(agents=("nobody",)))
    assert len(none) == 0
    assert list(none) == list(full)
    assert none.dtypes["frustration"] == full.dtypes["frustration"] == "float64"
