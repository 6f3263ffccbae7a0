"""Reports: agents or teams by section and question, over the weeks, and what failed; downloads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import streamlit as st

from cintel.conversation import Analysis
from cintel.dashboard import charts, formats, maps, palette, widgets
from cintel.dashboard.view import View
from cintel.reports import about, cards, collect, csv_zip, render, tables, workbook
from cintel.reports.facts import Facts
from cintel.reports.tables import EVERYBODY, By
from cintel.store import Store
from cintel.store.evaluated import state
from cintel.store.selection import Filters

if TYPE_CHECKING:
    from pandas import DataFrame

_BY: dict[By, str] = {"agent": "Agents", "team": "Teams"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINES = len(palette.SERIES)
_SCORE = charts.Measure("score", "Score by week, 0 to 100", palette.QUALITY, high=100.0)


@st.cache_data(show_spinner="Adding up …", max_entries=8)
def _facts(_store: Store, where: str, filters: Filters, now: tuple[Any, ...]) -> Facts:
    return collect(_store, filters)


def grid(frame: DataFrame, scorecard: str, of: tables.Of) -> tuple[DataFrame, list[str]]:
    """Shares 0…1 of one scorecard as a grid, and short titles of its columns."""
    found = tables.matrix(frame, scorecard, of) / 100
    own = frame[frame["scorecard"] == scorecard]
    titles = dict(zip(own[of], own["title"], strict=True))
    named = (titles[key] if of == "section" else formats.title(key) for key in found)
    return found, [formats.shorten(name, 34) for name in named]


def listed(fails: DataFrame) -> DataFrame:
    """Automatic fails as a page lists them, latest first."""
    newest = fails.sort_values("day", ascending=False, kind="stable", na_position="last")
    quotes = [
        f"{formats.clock(at)}  {formats.shorten(quote, 120)}" if isinstance(quote, str) else ""
        for quote, at in zip(newest["quote"], newest["at"], strict=True)
    ]
    by = ["AI" if formats.missing(name) else str(name) for name in newest["reviewer"]]
    return newest.assign(moment=quotes, by=by).reset_index(drop=True)


def page(view: View) -> None:
    """Draw the page."""
    facts = _facts(view.store, view.store.where, view.filters, state(view.store))
    if facts.evaluations.empty:
        widgets.nothing_found()
        st.caption("Reports are made of evaluations: score what is stored with `cintel evaluate`.")
        return
    first, second, third, fourth = st.columns([1.4, 1.4, 1, 1], vertical_alignment="bottom")
    by: By = first.segmented_control(
        "Report by", list(_BY), default="agent", format_func=_BY.__getitem__, key="report by",
        required=True,
    )  # fmt: skip
    known = tables.scorecards(facts)
    name = second.selectbox("Scorecard", known, format_func=formats.title, key="report card")
    _downloads(facts, view.filters, third, fourth)
    st.caption(
        "Answers are final ones: a reviewer's where there is one, else the AI's. Scores are in "
        "percent of the points possible."
    )
    _summary(facts, by, name)
    frames: dict[tables.Of, DataFrame] = {
        "section": tables.sections(facts, by),
        "question": tables.questions(facts, by),
    }
    for of, frame in frames.items():
        _heatmap(frame, name, of)
    _trend(tables.weeks(facts, by), by, name)
    _auto_fails(view, facts.auto_fails[facts.auto_fails["scorecard"] == name])


def _downloads(facts: Facts, filters: Filters, left: Any, right: Any) -> None:
    left.download_button(
        "Excel", partial(workbook, facts, about(filters)), "cintel-report.xlsx", _XLSX,
        icon=":material/download:", width="stretch", on_click="ignore", **_needs("openpyxl"),
    )  # fmt: skip
    right.download_button(
        "CSV", partial(csv_zip, facts), "cintel-report.zip", "application/zip",
        icon=":material/download:", width="stretch", on_click="ignore",
    )  # fmt: skip


def _needs(module: str) -> dict[str, Any]:
    """Options of a button that is grey, and says what to do, where a module is not installed."""
    if find_spec(module) is not None:
        return {}
    return {"disabled": True, "help": 'Install it with: pip install "cintel\\[export]"'}


def _summary(facts: Facts, by: By, name: str) -> None:
    frame = tables.summary(facts, by)
    number = st.column_config.NumberColumn
    columns = {
        by: st.column_config.TextColumn(by.capitalize(), width=160),
        "evaluations": number("Evaluations", format="%d"),
        "score": widgets.score_column("Score"),
        "passed": number("Passed", format="%.0f %%"),
        "auto_failed": number("Automatic fails", format="%d"),
        "reviewed": number("Reviewed", format="%d", help="By a person, at least one answer"),
        "unsure": number("Unsure", format="%d", help="Wait for a person to answer"),
    }
    st.dataframe(
        frame[frame["scorecard"] == name], hide_index=True, column_config=columns,
        column_order=list(columns), width="stretch", height="content", placeholder="–",
        key="report summary",
    )  # fmt: skip


def _heatmap(frame: DataFrame, name: str, of: tables.Of) -> None:
    found, titles = grid(frame, name, of)
    if found.empty:
        st.caption(f"Nothing is known by {of}: the text of this scorecard was not kept.")
        return
    with st.container(border=True):
        st.markdown(f"**Points earned, by {found.index.name} and {of}**")
        figure = maps.share_heatmap(found, titles, "of the points")
        widgets.show(figure, f"report {of}", f"Points earned by {found.index.name} and {of}")


def _trend(frame: DataFrame, by: By, name: str) -> None:
    own = frame[(frame["scorecard"] == name) & frame["score"].notna()]
    if own.empty:
        return
    names = [who for who in dict.fromkeys(own[by]) if who != EVERYBODY]
    with st.container(border=True):
        shown: Sequence[str] = st.multiselect(
            f"{_BY[by]} in the trend", names, default=names[:_LINES], max_selections=_LINES,
            key=f"report trend {by}",
        )  # fmt: skip
        drawn = own[own[by].isin([EVERYBODY, *shown])][["week", by, "score"]]
        figure = charts.lines(drawn, EVERYBODY, _SCORE, 280)
        widgets.show(figure, "report trend", f"Score by week and {by}")


def _auto_fails(view: View, fails: DataFrame) -> None:
    st.markdown("**Automatic fails**")
    if fails.empty:
        st.caption("Nothing failed automatically under these filters.")
        return
    column = st.column_config.TextColumn
    columns = {
        "day": st.column_config.DateColumn("Day", format="D MMM YYYY", width=90),
        "agent": column("Agent", width=110),
        "team": column("Team", width=90),
        "title": column("Question", width=230),
        "answer": column("Answer", width=60),
        "by": column("By", width=70),
        "reason": column("Why", width=190),
        "moment": column("Quote", width=220),
    }
    shown = listed(fails)
    row = widgets.clickable(shown, "report fails", columns)
    st.caption("Click a line to open the call at that moment.")
    if row is not None:
        at = shown["at"].iloc[row]
        view.open_call(str(shown["conversation"].iloc[row]), None if at != at else float(at))


def draw_pdf(store: Store, analysis: Analysis) -> None:
    """A button that saves the evaluations of a conversation as a PDF."""
    st.download_button(
        "Evaluation as PDF", lambda: render(cards(store, analysis.id)),
        f"evaluation-{analysis.id[:12]}.pdf", "application/pdf",
        icon=":material/picture_as_pdf:", on_click="ignore", **_needs("reportlab"),
    )  # fmt: skip
