"""Overview: how the period went against the one before, and where to listen first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import streamlit as st

from cintel.dashboard import charts, formats, maps, widgets
from cintel.dashboard.view import View, described
from cintel.store import queries, series
from cintel.store.queries import Overview

if TYPE_CHECKING:
    from pandas import DataFrame

_LONG, _SHORT = 45, 14
"""Days from which on charts go by week, and up to which they always go by day."""
_MEASURES = (charts.VOLUME, charts.FRUSTRATION, charts.SENTIMENT)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure with its change; ``delta_color`` says whether up is good."""

    label: str
    value: str
    delta: str | None
    delta_color: Literal["normal", "inverse", "off"]
    help: str


_KPIS: tuple[tuple[str, str, int, Literal["normal", "inverse", "off"], str], ...] = (
    ("Conversations", "conversations", 0, "off", "Calls, chats and e-mails in the period"),
    ("Frustration", "frustration", 2, "inverse", "Mean of the customers' frustration, 0 to 1"),
    ("Sentiment", "sentiment", 2, "normal", "Mean of the customers' sentiment, −1 to 1"),
    ("Satisfaction", "csat", 1, "normal", "Mean predicted satisfaction, 1 to 5"),
    ("QA score", "qa_score", 0, "normal", "Mean score of the automatic evaluations, 0 to 100"),
    ("Automatic fails", "auto_failed", 0, "inverse", "Share of evaluated conversations"),
)


def kpis(now: Overview, before: Overview | None) -> list[Kpi]:
    """The figures at the head of the page, each with its change."""
    made = []
    for label, name, places, color, help_text in _KPIS:
        share = name == "auto_failed"
        value = getattr(now, name)
        text = formats.percent(value) if share else formats.decimal(value, places)
        was = getattr(before, name) if before and before.conversations else None
        change = None
        if value is not None and was is not None:
            size = (value - was) * (100 if share else 1)
            change = formats.decimal(size, places, sign=True, unit=" pts" if share else "")
            change = change.replace("\N{MINUS SIGN}", "-")
        made.append(Kpi(label, text, change, color, help_text))
    return made


def over_time(view: View) -> DataFrame:
    """The table of the charts, by day, or by week where the period is long or mostly empty."""
    daily = queries.daily(view.store, view.filters)
    days = 0 if daily.empty else (daily["day"].max() - daily["day"].min()).days
    by_day = days <= _SHORT or (days <= _LONG and len(daily) >= days / 2)
    return daily if by_day else series.weekly(view.store, view.filters)


def worst_table(found: DataFrame) -> DataFrame:
    """The worst calls as the page words them."""
    said = [
        formats.shorten(formats.without_personal(text, spans), 72)
        for text, spans in zip(found["peak_text"], found["peak_pii"], strict=True)
    ]
    return found.assign(
        when=found["started_at"].map(formats.when),
        intent=found["intent"].map(formats.intent),
        moment=found["peak_start"].map(formats.clock) + "  " + said,
    )


def page(view: View) -> None:
    """Draw the page."""
    now = queries.overview(view.store, view.filters)
    if not now.conversations:
        widgets.nothing_found()
        return
    before = queries.overview(view.store, view.previous) if view.previous else None
    course = over_time(view)
    compared = f", against {described(view.previous)}" if view.previous else ""
    dates, step = described(view.filters), "week" if "week" in course else "day"
    st.caption(f"{dates[0].upper()}{dates[1:]}{compared}, by {step}")
    _metrics(kpis(now, before))
    left, right = st.columns([1.55, 1], gap="small")
    with left, st.container(border=True):
        figure = charts.panels(course, _MEASURES, 1, 430)
        widgets.show(figure, "course", "Volume, frustration and sentiment over time")
    with right, st.container(border=True):
        figure = maps.top_intents(queries.intents(view.store, view.filters), 430)
        widgets.show(figure, "intents", "The most frequent intents and their frustration")
    st.markdown("**Listen to these first**")
    st.caption("The most frustrated conversations. Click a row to hear its worst moment.")
    _worst(view)


def _metrics(found: list[Kpi]) -> None:
    for column, kpi in zip(st.columns(len(found), gap="small"), found, strict=True):
        column.metric(
            kpi.label, kpi.value, kpi.delta, kpi.delta_color,
            help=kpi.help, border=True, height="stretch",
        )  # fmt: skip


def _worst(view: View) -> None:
    found = worst_table(queries.worst(view.store, view.filters, 8))
    columns = {
        "when": st.column_config.TextColumn("When", width=135),
        "agent_id": st.column_config.TextColumn("Agent", width=105),
        "intent": st.column_config.TextColumn("Intent", width=175),
        "frustration": widgets.share_column("Frustration"),
        "moment": st.column_config.TextColumn("Worst moment", width=470),
    }
    row = widgets.clickable(found, "worst", columns)
    if row is not None:
        start = found["peak_start"].iloc[row]
        view.open_call(found["id"].iloc[row], None if formats.missing(start) else float(start))
