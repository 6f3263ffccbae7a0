"""Calls: every conversation, searched, filtered, sorted and paged by the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from cintel.dashboard import formats, widgets
from cintel.dashboard.formats import missing
from cintel.dashboard.view import View
from cintel.store import queries
from cintel.store.selection import Filters, Outcome

if TYPE_CHECKING:
    from pandas import DataFrame

PAGE = 25
SORTS = {
    "Newest first": ("started_at", True),
    "Oldest first": ("started_at", False),
    "Most frustrated": ("frustration", True),
    "Ended most frustrated": ("frustration_end", True),
    "Lowest QA score": ("qa_score", False),
    "Lowest satisfaction": ("csat", False),
    "Longest": ("duration", True),
    "Most silence": ("silence_share", True),
}
OUTCOMES: dict[str, Outcome | None] = {
    "Any result": None,
    "Passed": "passed",
    "Not passed": "failed",
    "Failed automatically": "auto_failed",
    "Not scored": "unscored",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; ``first`` and ``last`` count from 1."""

    rows: DataFrame
    total: int
    pages: int
    first: int
    last: int


def narrowed(filters: Filters, text: str, result: str, frustration: float) -> Filters:
    """The shared filters with what this page adds."""
    floor = frustration if frustration > 0 else None
    return replace(filters, text=text.strip(), outcome=OUTCOMES[result], min_frustration=floor)


def listing(view: View, filters: Filters, sort: str, page_number: int) -> Listing:
    """A page of conversations as the table words them; a page past the end is the last one."""
    column, descending = SORTS[sort]
    total = queries.overview(view.store, filters).conversations
    pages = max(1, -(-total // PAGE))
    place = (min(page_number, pages) - 1) * PAGE
    rows, _ = queries.conversations(
        view.store, filters, sort=column, descending=descending, limit=PAGE, offset=place
    )
    return Listing(worded(rows), total, pages, place + 1 if total else 0, place + len(rows))


def worded(rows: DataFrame) -> DataFrame:
    """Rows of ``queries.conversations`` with times, names and results in words."""
    return rows.assign(
        when=rows["started_at"].map(formats.when),
        length=rows["duration"].map(formats.clock),
        intent=rows["intent"].map(formats.intent),
        result=[
            _result(passed, failed)
            for passed, failed in zip(rows["passed"], rows["auto_failed"], strict=True)
        ],
    )


def _result(passed: object, auto_failed: object) -> str:
    if missing(passed):
        return "Not scored"
    if auto_failed:
        return "Failed automatically"
    return "Passed" if passed else "Not passed"


def moments(view: View, filters: Filters) -> DataFrame:
    """The turns in which the searched text was said."""
    found = queries.turns_search(view.store, filters.text, replace(filters, text=""))
    return found.assign(
        when=found["started_at"].map(formats.when),
        at=found["start"].map(formats.clock),
        said=[
            formats.shorten(formats.without_personal(text, spans), 100)
            for text, spans in zip(found["text"], found["pii"], strict=True)
        ],
    )


def page(view: View) -> None:
    """Draw the page."""
    find, order, result, floor = st.columns([2.4, 1.2, 1.2, 1.2], gap="small")
    text = find.text_input(
        "Search", key="search", bind="query-params", icon=":material/search:",
        placeholder="Words that were said, a file name or an id", on_change=_first_page,
    )  # fmt: skip
    sort = order.selectbox(
        "Sort", list(SORTS), key="sort", bind="query-params", on_change=_first_page
    )
    outcome = result.selectbox(
        "QA result", list(OUTCOMES), key="result", bind="query-params", on_change=_first_page
    )
    frustration = floor.slider(
        "Frustration from", 0.0, 1.0, 0.0, 0.05, key="frustration", on_change=_first_page
    )
    filters = narrowed(view.filters, text, outcome, frustration)
    if text.strip():
        show = st.segmented_control(
            "Show", ["Conversations", "Moments"], default="Conversations", key="show",
            required=True, label_visibility="collapsed",
        )  # fmt: skip
        if show == "Moments":
            _moments(view, filters)
            return
    _conversations(view, filters, sort)


def _first_page() -> None:
    st.session_state["page"] = 1


def _conversations(view: View, filters: Filters, sort: str) -> None:
    found = listing(view, filters, sort, st.session_state.get("page", 1))
    if not found.total:
        widgets.nothing_found()
        return
    text = st.column_config.TextColumn
    columns = {
        "when": text("When", width=135),
        "agent_id": text("Agent", width=105),
        "queue": text("Queue", width=85),
        "channel": text("Channel", width=60),
        "intent": text("Intent", width=180),
        "length": text("Length", width=55),
        "frustration": widgets.share_column("Frustration"),
        "csat": st.column_config.NumberColumn("Satisfaction", format="%.1f", width="small"),
        "qa_score": widgets.score_column("QA score"),
        "result": text("Result", width=125),
    }
    row = widgets.clickable(found.rows, f"calls {sort} {found.first}", columns)
    count, turner = st.columns([1, 2])
    count.caption(f"{found.first} to {found.last} of {found.total:,}. Click a row to open it.")
    if found.pages > 1:
        with turner.container(horizontal_alignment="right"):
            st.pagination(found.pages, key="page")
    if row is not None:
        view.open_call(found.rows["id"].iloc[row], None)


def _moments(view: View, filters: Filters) -> None:
    found = moments(view, filters)
    if not len(found):
        widgets.nothing_found()
        return
    columns = {
        "when": st.column_config.TextColumn("When", width=135),
        "agent_id": st.column_config.TextColumn("Agent", width=105),
        "role": st.column_config.TextColumn("Who", width=75),
        "at": st.column_config.TextColumn("At", width=50),
        "said": st.column_config.TextColumn("Said", width=640),
    }
    row = widgets.clickable(found, "moments", columns)
    st.caption(f"{len(found)} moments. Click one to hear it.")
    if row is not None:
        view.open_call(found["conversation_id"].iloc[row], float(found["start"].iloc[row]))
