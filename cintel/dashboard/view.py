"""What every page is given, and the period before the one it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cintel.store.selection import Filters

if TYPE_CHECKING:
    from cintel.store import Store
    from cintel.store.queries import Choices

PERIODS = {"7 days": 7, "30 days": 30, "90 days": 90, "All": None, "Dates": None}
_LONG_HISTORY = 60
"""Days from which on a store opens on its last month instead of on everything."""


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows.

    Attributes:
        store: where everything is.
        filters: what the sidebar says.
        previous: the same filters over the period before, None where there is no such period.
        open_call: leads to a conversation's page, and to a second of it.
    """

    store: Store
    filters: Filters
    previous: Filters | None
    open_call: Callable[[str, float | None], None]


def default_period(choices: Choices) -> str:
    """The last 30 days where there is a longer history to compare with, else everything."""
    if choices.first_day is None or choices.last_day is None:
        return "All"
    return "30 days" if (choices.last_day - choices.first_day).days >= _LONG_HISTORY else "All"


def bounds(period: str, last_day: date | None) -> tuple[date | None, date | None]:
    """First and last day of a named period; it ends on the last day that has conversations."""
    days = PERIODS[period]
    if days is None or last_day is None:
        return None, None
    return last_day - timedelta(days=days - 1), last_day


def previous(filters: Filters) -> Filters | None:
    """The same filters over as many days before; None without a first day."""
    if filters.since is None or filters.until is None:
        return None
    days = (filters.until - filters.since).days + 1
    before = timedelta(days=days)
    return replace(filters, since=filters.since - before, until=filters.until - before)


def described(filters: Filters) -> str:
    """The dates of a filter in words."""
    if filters.since is None or filters.until is None:
        return "all dates"
    first, last = filters.since, filters.until
    if first == last:
        return f"{last.day} {last:%b %Y}"
    start = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    return f"{start} to {last.day} {last:%b %Y}"
