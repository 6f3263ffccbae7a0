from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cintel.dashboard import view
from cintel.store.queries import Choices
from cintel.store.selection import Filters


def _choices(first: date | None, last: date | None) -> Choices:
    return Choices((), (), (), (), first, last)


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [(date(2026, 1, 1), date(2026, 3, 2), "30 days"), (date(2026, 1, 1), date(2026, 3, 1), "All"),
     (None, None, "All")],
)  # fmt: skip
def test_a_long_history_opens_on_its_last_month(first: Any, last: Any, period: str) -> None:
    assert view.default_period(_choices(first, last)) == period


def test_a_period_ends_on_the_last_day_with_conversations() -> None:
    assert view.bounds("7 days", date(2026, 3, 10)) == (date(2026, 3, 4), date(2026, 3, 10))
    assert view.bounds("All", date(2026, 3, 10)) == (None, None)
    assert view.bounds("7 days", None) == (None, None)


def test_the_previous_period_is_as_long_and_keeps_the_other_filters() -> None:
    now = Filters(since=date(2026, 3, 4), until=date(2026, 3, 10), agents=("ann",))
    assert view.previous(now) == Filters(
        since=date(2026, 2, 25), until=date(2026, 3, 3), agents=("ann",)
    )
    assert view.previous(Filters(until=date(2026, 3, 10))) is None


def test_dates_in_words() -> None:
    march, last = date(2026, 3, 4), date(2026, 3, 10)
    assert view.described(Filters()) == "all dates"
    assert view.described(Filters(since=march, until=last)) == "4 Mar to 10 Mar 2026"
    assert view.described(Filters(since=last, until=last)) == "10 Mar 2026"
    assert view.described(Filters(since=date(2025, 12, 31), until=march)) == (
        "31 Dec 2025 to 4 Mar 2026"
    )
