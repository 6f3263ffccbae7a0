"""Trends: every measure over time, what customers came for, and when they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import charts, maps, widgets
from cintel.dashboard.overview import over_time
from cintel.dashboard.view import View
from cintel.store import series

if TYPE_CHECKING:
    from pandas import DataFrame

_MEASURES = (
    charts.VOLUME,
    charts.QUALITY,
    charts.FRUSTRATION,
    charts.SENTIMENT,
    charts.CSAT,
    charts.AUTO_FAILED,
)


def by_week(daily_intents: DataFrame) -> DataFrame:
    """Counts of intents by the Monday of their week: ``week``, ``intent``, ``conversations``."""
    from pandas import to_timedelta

    days = daily_intents["day"]
    monday = (days - to_timedelta(days.dt.day_of_week, unit="D")).astype("datetime64[s]")
    named = daily_intents.assign(week=monday)
    return named.groupby(["week", "intent"], as_index=False)[["conversations"]].sum()


def page(view: View) -> None:
    """Draw the page."""
    course = over_time(view)
    if course.empty:
        widgets.nothing_found()
        st.caption("Only conversations with a start time have a place here.")
        return
    weekly = "week" in course
    st.caption("By week, from Monday" if weekly else "By day")
    with st.container(border=True):
        figure = charts.panels(course, _MEASURES, 2, 520)
        widgets.show(figure, "measures", "Six measures over time")
    intents = series.daily_intents(view.store, view.filters)
    if len(intents):
        intents = by_week(intents) if weekly else intents[["day", "intent", "conversations"]]
        with st.container(border=True):
            figure = charts.intents_over_time(intents, 300)
            widgets.show(figure, "intents", "Conversations over time by intent")
    hours = series.hours(view.store, view.filters)
    if len(hours):
        _week(hours)


def _week(hours: DataFrame) -> None:
    measured = [name for name in ("conversations", "frustration") if hours[name].notna().any()]
    for column, name in zip(st.columns(2, gap="small"), measured, strict=False):
        with column, st.container(border=True):
            figure = maps.week_heatmap(hours, name, 290)
            widgets.show(figure, f"week {name}", f"{name} by weekday and hour")
