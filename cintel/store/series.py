"""Figures over time: a week, an hour of the week, an intent and day.

The means are those of ``cintel.store.queries``, exact whatever is folded together: the database
adds up and counts by day, and a mean is the whole sum over the whole count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Double, Integer, cast, func, select

from cintel.store.repository import Store
from cintel.store.schema import ConversationRow
from cintel.store.selection import QA, SCORED, Filters, fetch

if TYPE_CHECKING:
    from pandas import DataFrame

_EVERYTHING = Filters()
_MEASURED: dict[str, Any] = {
    "frustration": ConversationRow.frustration,
    "csat": ConversationRow.csat,
    "sentiment": ConversationRow.customer_sentiment,
    "qa_score": QA.c.score,
    "auto_failed": QA.c.auto_failed,
}


def weekly(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a week: ``week`` (its Monday), ``conversations`` and the means."""
    from pandas import to_timedelta

    days = _daily_sums(store, filters)
    monday = days["day"] - to_timedelta(days["day"].dt.day_of_week, unit="D")
    return _fold(days.assign(week=monday.astype("datetime64[s]")), ["week"])


def hours(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row an hour of the week that has conversations, by the clock of their start times.

    Columns: ``weekday`` (0 is Monday), ``hour`` (0…23), ``conversations`` and the means.
    Conversations whose start has a date only are left out.
    """
    started = ConversationRow.started_at
    hour = cast(func.substr(started, 12, 2), Integer).label("hour")
    timed = started.like("____-__-__T__:%") | started.like("____-__-__ __:%")
    days = _daily_sums(store, filters, hour, where=timed)
    return _fold(days.assign(weekday=days["day"].dt.day_of_week), ["weekday", "hour"])


def daily_intents(store: Store, filters: Filters = _EVERYTHING) -> DataFrame:
    """One row a day and intent: ``day``, ``intent``, ``conversations`` and the means."""
    intent = ConversationRow.intent
    days = _daily_sums(store, filters, intent.label("intent"), where=intent.is_not(None))
    return _fold(days, ["day", "intent"])


def _daily_sums(
    store: Store,
    filters: Filters,
    *by: ColumnElement[Any],
    where: ColumnElement[bool] | None = None,
) -> DataFrame:
    day = ConversationRow.day
    columns = [day, *by, func.count().label("conversations")]
    for name, column in _MEASURED.items():
        total = func.coalesce(func.sum(column, type_=Double()), 0.0)
        columns += [total.label(f"{name}_sum"), func.count(column).label(f"{name}_count")]
    query = select(*columns).select_from(SCORED).where(*filters.clauses(), day.is_not(None))
    if where is not None:
        query = query.where(where)
    return fetch(store, query.group_by(day, *by).order_by(day, *by))


def _fold(days: DataFrame, by: list[str]) -> DataFrame:
    parts = [f"{name}_{part}" for name in _MEASURED for part in ("sum", "count")]
    folded = days.groupby(by, as_index=False)[["conversations", *parts]].sum()
    for name in _MEASURED:
        counted = folded[f"{name}_count"].astype("float64")
        folded[name] = folded[f"{name}_sum"] / counted.where(counted > 0)
    return folded[[*by, "conversations", *_MEASURED]]
